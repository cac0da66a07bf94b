import Observability

extension Gateway {
    func hookMetrics(_ page: inout PrometheusText) {
        let names = configuration.registry.hooks.map(\.name)
        guard !names.isEmpty else { return }
        let calls = hooks.callCounts
        page.counter(
            "pulsegate_hook_calls_total",
            help: "Calls of hooks by how they ended; abandoned ones are given up after the last attempt.",
            names.flatMap { name in
                let counts = calls[name] ?? HookRunner.Calls()
                return [("succeeded", counts.succeeded), ("failed", counts.failed), ("abandoned", counts.abandoned)].map {
                    MetricSample([MetricLabel("hook", name), MetricLabel("result", $0.0)], $0.1)
                }
            })
        let waiting = (try? desk.registry.store.deliveriesWaiting()) ?? [:]
        page.gauge(
            "pulsegate_hook_deliveries_waiting",
            help: "Steps of devices that a hook is still to be told.",
            names.map { MetricSample([MetricLabel("hook", $0)], Double(waiting[$0] ?? 0)) })
    }
}

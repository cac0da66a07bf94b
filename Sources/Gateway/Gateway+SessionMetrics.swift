import DataPlane
import Observability

extension Gateway {
    /// The sessions that devices may resume.
    func sessionStoreMetrics(_ resources: ListenerResources, _ page: inout PrometheusText) {
        let contents = resources.sessions.contents
        let results: [(String, KeyPath<ListenerCounters, Counter>)] = [
            ("hit", \.sessionHits), ("miss", \.sessionMisses), ("refused", \.sessionRefusals), ("stored", \.sessionsKept),
        ]
        let loops = resources.counters.values.flatMap { $0 }
        let counted = results.map { result, counter in
            MetricSample([MetricLabel("result", result)], loops.map { $0[keyPath: counter].value }.reduce(0, +))
        }
        page.counter(
            "pulsegate_session_store_total",
            help: "Sessions that devices offered, and sessions kept or let go for others.",
            counted + [MetricSample([MetricLabel("result", "evicted")], contents.evictions)]
        )
        page.gauge(
            "pulsegate_session_store_entries",
            help: "Sessions that devices may resume.",
            [MetricSample([], Double(contents.entries))]
        )
        page.gauge(
            "pulsegate_session_store_bytes",
            help: "What these sessions take up.",
            [MetricSample([], Double(contents.octets))]
        )
    }
}

import Observability

extension Gateway {
    func clockMetrics(_ page: inout PrometheusText) {
        page.gauge(
            "pulsegate_clock_trusted",
            help: "0 while the clock is behind a time that was seen before, and no new device is let in.",
            [MetricSample([], clockKeeper.clock.isTrusted ? 1 : 0)]
        )
        page.gauge(
            "pulsegate_clock_high_water_mark_timestamp_seconds",
            help: "The latest time that the clock has said.",
            [MetricSample([], Double(clockKeeper.clock.highWaterMark.rawValue))]
        )
    }
}

import DataPlane
import Observability
import PKITypes

extension Gateway {
    /// What listeners that only report have let pass.
    func observationMetrics(_ listeners: [(key: String, value: [ListenerCounters])], _ page: inout PrometheusText) {
        page.counter(
            "pulsegate_would_refuse_total",
            help: "Devices admitted that would be refused, did the listener not only report.",
            listeners.flatMap { Self.byReason($0, \.wouldRefuse) }
        )
        page.counter(
            "pulsegate_would_cut_total",
            help: "Live sessions that would be ended, did the listener not only report.",
            listeners.flatMap { Self.byReason($0, \.wouldCut) }
        )
        page.counter(
            "pulsegate_observations_dropped_total",
            help: "Sightings of such devices that found no room in the registry's store.",
            [MetricSample([], desk.observations.dropped)]
        )
    }

    private static func byReason(
        _ listener: (key: String, value: [ListenerCounters]), _ table: KeyPath<ListenerCounters, CounterTable>
    ) -> [MetricSample<UInt64>] {
        RefusalReason.allCases.enumerated().compactMap { position, reason in
            let count = CounterTable.total(listener.value.map { $0[keyPath: table] }, at: position)
            guard count > 0 else { return nil }
            return MetricSample([MetricLabel("listener", listener.key), MetricLabel("reason", reason.metricLabel)], count)
        }
    }
}

import AdminAPI
import DataPlane
import Observability
import PKITypes

/// The version of this build.
package enum PulsegateVersion {
    package static let text = "0.1.0"
}

extension Gateway {
    func readiness() -> OperationsView.Readiness {
        guard state.withLock({ $0.phase }) == .serving else { return .notReady("draining") }
        if let distrust = clockKeeper.distrust { return .notReady(distrust) }
        return heldChange.map { .readyAlthough("a change is held: \($0)") } ?? .ready
    }

    func metricsPage() -> PrometheusText {
        let state = state.withLock { $0 }
        let prepared = state.prepared
        var page = PrometheusText()
        listenerMetrics(prepared.resources, &page)
        sessionStoreMetrics(prepared.resources, &page)
        snapshotMetrics(prepared, &page)
        hookMetrics(&page)
        page.histogram(
            "pulsegate_enforcement_seconds",
            help: "Publication of a snapshot to the close of the last session it ended.",
            [MetricSample([], LatencyDistribution.total(dataPlane.counters.map(\.enforcementSeconds)))]
        )
        page.counter(
            "pulsegate_verdict_disagreements_total",
            help: "Paths that one judge calls valid and the other does not.",
            [MetricSample([], dataPlane.counters.map(\.verdictDisagreements.value).reduce(0, +))]
        )
        page.counter(
            "pulsegate_clone_alarms_total",
            help: "Devices that seem to be at two places, by what shows it.",
            CloneAlarm.Finding.allCases.map { MetricSample([MetricLabel("finding", $0.rawValue)], claims.alarms($0)) }
        )
        page.counter(
            "pulsegate_log_events_dropped_total",
            help: "Events that found the log's ring full.",
            [MetricSample([], dataPlane.outboxes.map(\.dropped).reduce(0, +))]
        )
        page.counter(
            "pulsegate_revocation_fetch_failures_total",
            help: "Lists that could not be read or believed.",
            state.listFailures.sorted { $0.key < $1.key }.map { MetricSample([MetricLabel("source", $0.key)], $0.value) }
        )
        page.gauge(
            "pulsegate_config_last_reload_success_timestamp_seconds",
            help: "When the configuration in force was taken.",
            [MetricSample([], Double(state.lastReloadSucceededAt.rawValue))]
        )
        page.gauge(
            "pulsegate_config_last_reload_successful",
            help: "1 unless the last reload was refused.",
            [MetricSample([], state.lastReload == .taken ? 1 : 0)]
        )
        clockMetrics(&page)
        guardMetrics(&page)
        page.gauge(
            "pulsegate_build_info",
            help: "Always 1.",
            [MetricSample([MetricLabel("version", PulsegateVersion.text)], 1)]
        )
        return page
    }

    private func listenerMetrics(_ resources: ListenerResources, _ page: inout PrometheusText) {
        let listeners = resources.counters.sorted { $0.key < $1.key }
        func each<Value>(_ value: ([ListenerCounters]) -> Value) -> [MetricSample<Value>] {
            listeners.map { MetricSample([MetricLabel("listener", $0.key)], value($0.value)) }
        }
        page.counter(
            "pulsegate_connections_accepted_total",
            help: "TCP connections taken.",
            each { $0.map(\.accepted.value).reduce(0, +) }
        )
        page.counter("pulsegate_handshakes_total", help: "TLS handshakes by how they ended.", listeners.flatMap(handshakes))
        page.counter("pulsegate_admissions_total", help: "Decisions on devices.", listeners.flatMap(admissions))
        observationMetrics(listeners, &page)
        page.gauge(
            "pulsegate_sessions",
            help: "Sessions of admitted devices.",
            resources.occupancy.sorted { $0.key < $1.key }.map {
                MetricSample([MetricLabel("listener", $0.key)], Double($0.value.sessions))
            }
        )
        page.counter("pulsegate_sessions_closed_total", help: "Ended sessions by reason.", listeners.flatMap(ends))
        page.counter("pulsegate_relay_bytes_total", help: "Payload octets read from each side.", listeners.flatMap(octets))
        page.counter(
            "pulsegate_path_verdict_cache_total",
            help: "Handshakes whose path was known, or had to be searched.",
            verdictCache(listeners.flatMap(\.value))
        )
        page.histogram(
            "pulsegate_decision_seconds",
            help: "Path validation and decision, within the handshake.",
            each { LatencyDistribution.total($0.map(\.decisionSeconds)) }
        )
        page.histogram(
            "pulsegate_handshake_seconds",
            help: "Accept to the end of a handshake that succeeded.",
            each { LatencyDistribution.total($0.map(\.handshakeSeconds)) }
        )
        page.gauge(
            "pulsegate_upstream_up",
            help: "1 unless the last connection to the upstream failed.",
            resources.health.sorted { $0.key < $1.key }.map {
                MetricSample([MetricLabel("upstream", $0.key)], $0.value.isUp ? 1 : 0)
            }
        )
    }

    private func verdictCache(_ loops: [ListenerCounters]) -> [MetricSample<UInt64>] {
        let results = [
            ("hit", \ListenerCounters.pathVerdictHits), ("miss", \.pathVerdictMisses), ("evicted", \.pathVerdictEvictions),
        ]
        return results.map { result, counter in
            MetricSample([MetricLabel("result", result)], loops.map { $0[keyPath: counter].value }.reduce(0, +))
        }
    }

    private func handshakes(_ name: String, _ loops: [ListenerCounters]) -> [MetricSample<UInt64>] {
        let full = loops.map(\.fullHandshakes.value).reduce(0, +)
        let resumed = loops.map(\.resumedHandshakes.value).reduce(0, +)
        let failed = loops.map(\.failedHandshakes.value).reduce(0, +)
        return [("full", full), ("resumed", resumed), ("failed", failed)].map { result, count in
            MetricSample([MetricLabel("listener", name), MetricLabel("result", result)], count)
        }
    }

    private func admissions(_ name: String, _ loops: [ListenerCounters]) -> [MetricSample<UInt64>] {
        func sample(_ decision: String, _ reason: String, _ count: UInt64) -> MetricSample<UInt64> {
            MetricSample(
                [MetricLabel("listener", name), MetricLabel("decision", decision), MetricLabel("reason", reason)], count)
        }
        let admitted = sample("admitted", "admitted", loops.map(\.admitted.value).reduce(0, +))
        let observed = loops.map { $0.wouldRefuse.total }.reduce(0, +)
        let refused = RefusalReason.allCases.enumerated().compactMap { position, reason in
            let count = CounterTable.total(loops.map(\.refused), at: position)
            return count == 0 ? nil : sample("refused", reason.metricLabel, count)
        }
        return [admitted] + (observed > 0 ? [sample("admitted", "admitted-observed", observed)] : []) + refused
    }

    private func ends(_ name: String, _ loops: [ListenerCounters]) -> [MetricSample<UInt64>] {
        SessionEnd.all.enumerated().compactMap { position, end in
            let count = CounterTable.total(loops.map(\.ended), at: position)
            guard count > 0 else { return nil }
            return MetricSample([MetricLabel("listener", name), MetricLabel("reason", end.code)], count)
        }
    }

    private func octets(_ name: String, _ loops: [ListenerCounters]) -> [MetricSample<UInt64>] {
        let fromDevices = loops.map(\.octetsFromDevices.value).reduce(0, +)
        let toDevices = loops.map(\.octetsToDevices.value).reduce(0, +)
        return [("from_device", fromDevices), ("to_device", toDevices)].map { direction, count in
            MetricSample([MetricLabel("listener", name), MetricLabel("direction", direction)], count)
        }
    }

    private func snapshotMetrics(_ prepared: GenerationBuilder.Prepared, _ page: inout PrometheusText) {
        // A file may hold several lists of one issuer: partitions, deltas. Labels must be unique.
        let files = Dictionary(grouping: prepared.snapshot.revocation.lists) { list in
            [MetricLabel("issuer", list.issuer.display), MetricLabel("source", list.source)]
        }
        let lists = files.sorted { $0.value[0].source < $1.value[0].source }
        page.gauge(
            "pulsegate_revocation_entries",
            help: "Certificates that a list names.",
            lists.map { labels, lists in MetricSample(labels, Double(lists.reduce(0) { $0 + $1.entryCount })) }
        )
        page.gauge(
            "pulsegate_revocation_list_next_update_timestamp_seconds",
            help: "When a list, the first of its file, becomes stale.",
            lists.map { labels, lists in
                MetricSample(labels, Double(lists.reduce(lists[0].nextUpdate) { min($0, $1.nextUpdate) }.rawValue))
            }
        )
        page.gauge(
            "pulsegate_snapshot_generation",
            help: "Counts published snapshots.",
            [MetricSample([], Double(prepared.snapshot.generation))]
        )
        page.gauge(
            "pulsegate_certificate_expiry_timestamp_seconds",
            help: "notAfter of the gateway's own certificates.",
            prepared.ownCertificates.map { MetricSample([MetricLabel("file", $0.file)], Double($0.notAfter.rawValue)) }
        )
    }
}

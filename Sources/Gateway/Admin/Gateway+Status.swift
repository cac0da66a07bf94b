import Configuration
import DeviceRegistry
import PKITypes
import VerificationCore

/// How the gateway is, in short.
extension Gateway {
    func status() -> JSONNode {
        let state = state.withLock { $0 }
        let prepared = state.prepared
        let (ready, cause): (Bool, String) =
            switch readiness() {
            case .ready: (true, "")
            case .readyAlthough(let cause): (true, cause)
            case .notReady(let cause): (false, cause)
            }
        let devices = (try? desk.registry.counts()) ?? [:]
        return .members([
            ("version", .string(PulsegateVersion.text)), ("generation", .number(prepared.snapshot.generation)),
            ("phase", .string(Self.name(of: state.phase))), ("ready", .boolean(ready)), ("cause", .string(cause)),
            ("configuration", .string(configurationFile)),
            ("reloaded", .string(state.lastReloadSucceededAt.text)),
            ("held", state.heldChange.map { .string($0.description) } ?? .null),
            ("last_reload", .string(state.lastReload == .taken ? "taken" : "refused")),
            ("listeners", .array(prepared.configuration.listeners.map { node(of: $0, prepared) })),
            ("lists", .array(prepared.snapshot.revocation.lists.map { node(of: $0) })),
            ("devices", .members(devices.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.name, .number($0.value)) })),
        ])
    }

    private static func name(of phase: Phase) -> String {
        switch phase {
        case .serving: "serving"
        case .draining: "draining"
        case .stopped: "stopped"
        }
    }

    private func node(of listener: ListenerSettings, _ prepared: GenerationBuilder.Prepared) -> JSONNode {
        let addresses = prepared.resources.sockets(of: listener.name, loop: 0).map { JSONNode.string($0.address.description) }
        return .members([
            ("name", .string(listener.name)), ("addresses", .array(addresses)),
            ("sessions", .number(prepared.resources.occupancy[listener.name]?.sessions ?? 0)),
            ("connections_max", .number(prepared.connections[listener.name] ?? listener.limits.connections)),
        ])
    }

    private func node(of list: IndexedList) -> JSONNode {
        let now = clockKeeper.clock.now
        return .members([
            ("issuer", .string(list.issuer.display)), ("source", .string(list.source)), ("entries", .number(list.entryCount)),
            ("this_update", .string(list.facts.thisUpdate.text)), ("next_update", .string(list.nextUpdate.text)),
            ("age_seconds", .number(now - list.facts.thisUpdate)), ("is_current", .boolean(now <= list.nextUpdate)),
        ])
    }
}

import PKITypes

/// Everything that decisions are made from, immutable: the policy information point. A change is a new snapshot.
package final class VerificationSnapshot: Sendable {
    package let generation: UInt64
    package let revocation: RevocationIndex
    package let policies: [AccessPolicy]
    package let devices: DeviceIndex
    /// How far a list's thisUpdate may lie in the future.
    package let clockSkewSeconds: Int64
    private let anchors: [String: TrustAnchorEntry]
    let listeners: [String: ListenerScope]
    /// The same. Few: to compare their names costs less than to hash one.
    private let scopes: [ListenerScope]
    private let listMoments: ListMoments

    /// What counts at one listener.
    final class ListenerScope: Sendable {
        let listener: String
        /// Those that it trusts. Few: to compare their names costs less than to hash one.
        let anchors: [TrustAnchorEntry]
        let policies: PolicyTable
        let observation: Observation?

        init(listener: String, anchors: [TrustAnchorEntry], policies: PolicyTable, observation: Observation?) {
            self.listener = listener
            self.anchors = anchors
            self.policies = policies
            self.observation = observation
        }

        func anchor(named name: String) -> TrustAnchorEntry? { anchors.first { $0.name == name } }
    }

    package init(
        generation: UInt64,
        anchors: [TrustAnchorEntry],
        trustByListener: [String: Set<String>],
        policies: [AccessPolicy],
        observations: [String: Observation] = [:],
        revocation: RevocationIndex,
        devices: DeviceIndex,
        clockSkewSeconds: Int64
    ) {
        self.generation = generation
        let anchors = Dictionary(uniqueKeysWithValues: anchors.map { ($0.name, $0) })
        self.anchors = anchors
        listeners = trustByListener.reduce(into: [:]) { scopes, listener in
            scopes[listener.key] = ListenerScope(
                listener: listener.key,
                anchors: anchors.values.filter { listener.value.contains($0.name) }.sorted { $0.name < $1.name },
                policies: PolicyTable(policies, for: listener.key),
                observation: observations[listener.key]
            )
        }
        scopes = Array(listeners.values)
        self.policies = policies
        self.revocation = revocation
        self.devices = devices
        self.clockSkewSeconds = clockSkewSeconds
        listMoments = ListMoments(revocation.lists, anchors, clockSkewSeconds: clockSkewSeconds)
    }

    /// The same but for the devices.
    private init(_ other: VerificationSnapshot, generation: UInt64, devices: DeviceIndex) {
        self.generation = generation
        self.devices = devices
        revocation = other.revocation
        policies = other.policies
        clockSkewSeconds = other.clockSkewSeconds
        anchors = other.anchors
        listeners = other.listeners
        scopes = other.scopes
        listMoments = other.listMoments
    }

    package func replacing(devices: DeviceIndex, generation: UInt64) -> VerificationSnapshot {
        VerificationSnapshot(self, generation: generation, devices: devices)
    }

    package func anchor(named name: String) -> TrustAnchorEntry? { anchors[name] }

    /// When, after now, time alone may change what the lists say of a session that is permitted: one of them begins, or stops
    /// to clear whom it does not name.
    package func nextListMoment(after now: UnixSeconds) -> UnixSeconds? { listMoments.next(after: now) }

    /// The policy that decides about a device on a listener: the first whose `when` matches.
    package func policy(for identity: DeviceIdentity, on listener: String) -> AccessPolicy? {
        scope(of: listener)?.policies.first(selecting: identity)
    }

    func scope(of listener: String) -> ListenerScope? { scopes.first { $0.listener == listener } }
}

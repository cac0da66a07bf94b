import DeviceRegistry
import PKITypes

/// Registry rows and policies that would let in whom observing listeners saw, and what neither can mend: drafts, for a person to
/// review.
package struct Proposal: Hashable, Sendable {
    /// Devices that no record names, each with the key that it showed.
    package private(set) var devices: [ProposedDevice] = []
    /// For identities that no policy matches.
    package private(set) var policies: [ProposedPolicy] = []
    /// What a person has to look into.
    package private(set) var remarks: [ProposalRemark] = []

    /// - Parameters:
    ///   - seen: by a store's order.
    ///   - policyNames: that the configuration has.
    ///   - isRegistered: whether the registry has a record of an identity.
    package init<Failure: Error>(
        _ seen: [ObservedRefusal], policyNames: Set<String>, isRegistered: (DeviceIdentity) throws(Failure) -> Bool
    ) throws(Failure) {
        let identitiesOfKey = Dictionary(grouping: seen, by: \.key.key).mapValues { Set($0.map(\.key.identity)) }
        var bearers: [DeviceIdentity: [ObservedRefusal]] = [:]
        for sighting in seen { bearers[sighting.key.identity, default: []].append(sighting) }
        for (identity, sightings) in bearers.sorted(by: { $0.key.text < $1.key.text }) {
            let keys = Set(sightings.map(\.key.key)).sorted { $0.octets.lexicographicallyPrecedes($1.octets) }
            let sharing = keys.flatMap { identitiesOfKey[$0] ?? [] }.filter { $0 != identity }.map(\.text).sorted()
            if try isRegistered(identity) {
                remarks += Self.remarks(onRegistered: identity, sightings)
            } else if !sharing.isEmpty {
                remarks.append(.sharedKey(identity, with: sharing))
            } else if keys.count > 1 {
                remarks.append(.severalKeys(identity, keys))
            } else {
                devices.append(ProposedDevice(identity, keys[0], sightings))
            }
        }
        policies = PolicyDraft.policies(for: seen.filter { $0.key.reason == .noPolicy }, besides: policyNames)
        remarks += Self.requirementRemarks(seen)
    }

    /// A key that the registry does not take is never proposed: it may be a copy's.
    private static func remarks(
        onRegistered identity: DeviceIdentity, _ sightings: [ObservedRefusal]
    ) -> [ProposalRemark] {
        sightings.filter { $0.key.reason.isOfCredential }.map { .credential(identity, $0.key.reason, $0.key.key) }
    }

    private static func requirementRemarks(_ seen: [ObservedRefusal]) -> [ProposalRemark] {
        let unmet = seen.filter { $0.key.reason.isOfRequirement }
        let groups = Dictionary(grouping: unmet) { [$0.key.listener, $0.key.reason.rawValue] }
        return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { _, group in
            var networks = ObservedNetworks()
            for sighting in group { networks.add(sighting.networks) }
            return .requirement(
                group[0].key.reason, listener: group[0].key.listener,
                identities: Array(Set(group.map(\.key.identity.text)).sorted()), networks)
        }
    }
}

/// A row for the registry.
package struct ProposedDevice: Hashable, Sendable {
    package let identity: DeviceIdentity
    package let key: KeyFingerprint
    package let listeners: [String]
    package let count: Int64
    package let firstSeen: UnixSeconds
    package let lastSeen: UnixSeconds

    init(_ identity: DeviceIdentity, _ key: KeyFingerprint, _ sightings: [ObservedRefusal]) {
        self.identity = identity
        self.key = key
        listeners = Set(sightings.map(\.key.listener)).sorted()
        count = sightings.map(\.count).reduce(0, +)
        firstSeen = sightings.map(\.firstSeen).min() ?? UnixSeconds(0)
        lastSeen = sightings.map(\.lastSeen).max() ?? UnixSeconds(0)
    }
}

/// What a person has to decide.
package enum ProposalRemark: Hashable, Sendable {
    /// One key under several identities: one of them is a copy, or they were enrolled with one key.
    case sharedKey(DeviceIdentity, with: [String])
    case severalKeys(DeviceIdentity, [KeyFingerprint])
    case credential(DeviceIdentity, RefusalReason, KeyFingerprint)
    case requirement(RefusalReason, listener: String, identities: [String], ObservedNetworks)
}

extension RefusalReason {
    fileprivate var isOfCredential: Bool {
        switch self {
        case .credentialNotBound, .credentialSuperseded, .cloneSuspected: true
        default: false
        }
    }

    /// What a policy that matches asks for.
    fileprivate var isOfRequirement: Bool {
        switch self {
        case .certificateTooOld, .networkNotAllowed, .tlsTooOld, .postureNotMet, .outsideTimeWindow, .sessionLimit: true
        default: false
        }
    }
}

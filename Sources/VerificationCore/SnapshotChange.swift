import PKITypes

/// Whose verdict may be another by a new snapshot, of those that the snapshot before it permitted: a session that is not
/// named needs no second look.
package enum SnapshotChange: Hashable, Sendable {
    case affecting(credentials: Set<CredentialID>, identities: Set<IdentityMark>)
    case everything

    package static let none = Self.affecting(credentials: [], identities: [])
    package static func credentials(_ credentials: Set<CredentialID>) -> Self {
        .affecting(credentials: credentials, identities: [])
    }
    package static func identities(_ identities: Set<IdentityMark>) -> Self {
        .affecting(credentials: [], identities: identities)
    }

    package func union(_ other: Self) -> Self {
        guard case .affecting(let credentials, let identities) = self,
            case .affecting(let otherCredentials, let otherIdentities) = other
        else { return .everything }
        return .affecting(credentials: credentials.union(otherCredentials), identities: identities.union(otherIdentities))
    }

    /// One more device. To decide every session again is cheaper than to look for too many.
    package mutating func note(_ identity: IdentityMark) {
        guard case .affecting(let credentials, var identities) = self else { return }
        // The one copy.
        self = .none
        identities.insert(identity)
        self =
            identities.count > ListComparison.maximumCredentials
            ? .everything : .affecting(credentials: credentials, identities: identities)
    }
}

extension VerificationSnapshot {
    /// What differs from the snapshot before. Not on a loop: it may read long lists, and wait for a disk.
    ///
    /// - Parameter now: of the comparison. What time changes later is told by ``nextListMoment(after:)``.
    package func change(since old: VerificationSnapshot, now: UnixSeconds) -> SnapshotChange {
        // A listener that is new has no sessions; one that is gone permits none.
        guard clockSkewSeconds == old.clockSkewSeconds,
            old.listeners.allSatisfy({ name, scope in listeners[name].map(scope.decidesAlike) ?? false })
        else { return .everything }
        return ListComparison(old: old.revocation, new: revocation, now: now, clockSkewSeconds: clockSkewSeconds).change
            .union(devices.change(since: old.devices))
    }
}

extension DeviceIndex {
    /// The devices of which anything is said otherwise. Parts that both share cost nothing.
    fileprivate func change(since old: DeviceIndex) -> SnapshotChange {
        var found: Set<IdentityMark> = []
        forEachDifference(from: old) { found.insert($0) }
        return found.count > ListComparison.maximumCredentials ? .everything : .identities(found)
    }
}

extension VerificationSnapshot.ListenerScope {
    fileprivate func decidesAlike(_ other: VerificationSnapshot.ListenerScope) -> Bool {
        anchors == other.anchors && policies.hold(theSameAs: other.policies) && observation == other.observation
    }
}

import PKITypes

// What becomes of a record when its credentials change. A list kills the credential, not the device.
extension Lifecycle {
    typealias Target = (state: DeviceState, cause: TransitionCause)

    /// The first credential makes a provisioned device active; a further one starts a rotation, in which the old one overlaps.
    static func bound(
        _ presented: PresentedCredential, _ overlapSeconds: Int64, to record: inout DeviceRecord, at now: UnixSeconds
    ) throws(LifecycleFailure) -> Target? {
        switch record.state {
        case .provisioned, .active, .rotating: break
        case .quarantined, .disabled, .retired: throw .notFrom(record.state, event: "bind")
        }
        guard record[credential: presented.id] == nil else { throw .credentialBound(presented.id) }
        if record.condemns(presented.key) { throw .keyCondemned(presented.key) }
        var overlaps = false
        for index in record.credentials.indices where record.credentials[index].standing == .current {
            // A key that goes on has no predecessor to wait for.
            let wasRenewed = record.credentials[index].key == presented.key
            let waits = overlapSeconds > 0 && !wasRenewed
            record.credentials[index].standing = waits ? .overlapping(until: now + overlapSeconds) : .superseded
            overlaps = overlaps || waits
        }
        record.credentials.append(
            Credential(
                id: presented.id, key: presented.key, validity: presented.validity, firstSeen: now, lastSeen: now,
                standing: .current))
        // It came; from now on it is known by its credentials.
        if record.expectedKey == presented.key { record.expectedKey = nil }
        if record.state == .provisioned { return (.active, .firstUse) }
        if overlaps { return (.rotating, .rotation) }
        return record.hasOverlap ? nil : (.active, .rotation)
    }

    /// With a newer good credential the device goes on, and somebody hears of it; without, it is quarantined. A compromised key
    /// disables it in any case.
    static func revoked(
        _ id: CredentialID, _ reason: RevocationReason, _ listIssued: UnixSeconds, in record: inout DeviceRecord,
        alarm: inout LifecycleAlarm?, at now: UnixSeconds
    ) throws(LifecycleFailure) -> Target? {
        guard let index = record.credentials.firstIndex(where: { $0.id == id }) else { throw .credentialUnknown(id) }
        record.credentials[index].standing.die(.revoked(reason, listIssued: listIssued))
        let revoked = record.credentials[index]
        switch record.state {
        case .disabled, .retired: return nil
        case .provisioned, .active, .rotating, .quarantined: break
        }
        if reason == .keyCompromise { return (.disabled, .revocation(reason)) }
        let goesOn = record.credentials.contains { $0.id != id && $0.isGood(at: now) && $0.firstSeen >= revoked.firstSeen }
        if goesOn { alarm = .credentialRevoked(id, reason) }
        switch record.state {
        case .active, .rotating:
            if !goesOn { return (.quarantined, .revocation(reason)) }
            return record.state == .rotating && !record.hasOverlap ? (.active, .rotation) : nil
        // Nothing was admitted by it, or nothing is.
        case .provisioned, .quarantined, .disabled, .retired: return nil
        }
    }

    /// Only what a hold took comes back, and only by a list that is newer than the one that took it.
    static func lifted(
        _ id: CredentialID, _ listIssued: UnixSeconds, in record: inout DeviceRecord, at now: UnixSeconds
    ) throws(LifecycleFailure) -> Target? {
        guard let index = record.credentials.firstIndex(where: { $0.id == id }) else { throw .credentialUnknown(id) }
        guard case .dead(.revoked(.certificateHold, let heldSince)) = record.credentials[index].standing else {
            throw .notOnHold(id)
        }
        guard listIssued > heldSince else { throw .listNotNewer(than: heldSince) }
        let isSucceeded = record.credentials.contains { $0.standing == .current }
        record.credentials[index].standing = isSucceeded ? .superseded : .current
        guard record.state == .quarantined, record.stateCause == .revocation(.certificateHold) else { return nil }
        return record.credentials.contains { $0.isGood(at: now) } ? (.active, .holdLifted) : nil
    }

    static func endOverlaps(of record: inout DeviceRecord, at now: UnixSeconds) {
        for index in record.credentials.indices {
            guard case .overlapping(let until) = record.credentials[index].standing, until < now else { continue }
            record.credentials[index].standing = .superseded
        }
    }
}

extension DeviceRecord {
    mutating func condemnExpectedKey() {
        guard let key = expectedKey else { return }
        expectedKey = nil
        condemnedKeys.append(key)
    }

    var hasOverlap: Bool {
        credentials.contains { if case .overlapping = $0.standing { true } else { false } }
    }

    /// An announced rotation without a successor goes on; one whose overlaps have ended is over.
    func rotationIsOver(since earlier: DeviceRecord) -> Bool {
        state == .rotating && earlier.hasOverlap && !hasOverlap
    }
}

extension CredentialStanding {
    /// A graver death replaces a lighter one: a hold may become a revocation, and nothing becomes a hold again.
    mutating func die(_ death: Death) {
        guard case .dead(let earlier) = self else {
            self = .dead(death)
            return
        }
        if death.gravity > earlier.gravity { self = .dead(death) }
        // The newest list that holds it counts: one between the two lifts nothing.
        if case .revoked(.certificateHold, let before) = earlier, case .revoked(.certificateHold, let after) = death {
            self = .dead(.revoked(.certificateHold, listIssued: max(before, after)))
        }
    }
}

extension CredentialStanding.Death {
    fileprivate var gravity: Int {
        switch self {
        case .revoked(.certificateHold, _): 0
        case .revoked(.keyCompromise, _): 3
        case .revoked: 1
        case .deviceRetired: 2
        }
    }
}

extension UnixSeconds {
    static let max = UnixSeconds(Int64.max)
}

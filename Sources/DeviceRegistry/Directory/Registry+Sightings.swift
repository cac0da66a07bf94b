import PKITypes

// What the gateway tells the registry on its own: who came, whose lists speak of whom, which overlaps ended.
extension Registry {
    /// In one transaction: bindings, findings, and when each was last seen.
    ///
    /// - Returns: an outcome for each sighting, in their order.
    package func record(
        _ sightings: [Sighting], policy: CredentialPolicy
    ) throws(RegistryFailure) -> [SightingOutcome] {
        try store.write { transaction throws(RegistryFailure) in
            var outcomes: [SightingOutcome] = []
            for sighting in sightings { outcomes.append(try Self.record(sighting, policy, in: transaction)) }
            return outcomes
        }
    }

    /// In one transaction: when devices that the registry knows, with credentials that it knows, were last seen.
    package func record(_ visits: [Visit]) throws(RegistryFailure) {
        try store.write { transaction throws(RegistryFailure) in
            for visit in visits {
                do throws(RegistryFailure) {
                    try transaction.markSeen(visit.identity, by: visit.credential, at: visit.time)
                } catch {
                    // A policy may admit devices that nobody registered.
                    guard case .unknownDevice = error else { throw error }
                }
            }
        }
    }

    /// - Returns: the devices whose old credentials are good no more.
    package func endOverlaps(at now: UnixSeconds) throws(RegistryFailure) -> [DeviceIdentity] {
        var ended = DeviceFilter()
        ended.onlyOverlapEnded = true
        let filter = ended
        // Nothing ended, as a rule: then nobody who writes is kept waiting.
        var isAny = false
        try forEachRecord(matching: filter, at: now) { _ in
            isAny = true
            return false
        }
        guard isAny else { return [] }
        return try store.write { transaction throws(RegistryFailure) in
            let identities = try transaction.identities(matching: filter, at: now)
            for identity in identities {
                guard let stored = try transaction.record(of: identity) else { continue }
                _ = try Self.apply(.endOverlaps, to: stored.record, by: .gateway, reason: "", at: now, in: transaction)
            }
            return identities
        }
    }

    private static func record(
        _ sighting: Sighting, _ policy: CredentialPolicy, in transaction: any StoreTransaction
    ) throws(RegistryFailure) -> SightingOutcome {
        guard let stored = try transaction.record(of: sighting.identity) else { return .unknownDevice }
        var record = stored.record
        switch record.state {
        case .provisioned, .active, .rotating: break
        case .quarantined, .disabled, .retired: return .refusedByState(record.state)
        }
        let owners = try transaction.owners(ofKey: sighting.presented.key)
        let judgement = CredentialRules.judge(
            sighting.presented, of: record, keyOwners: owners, policy: policy, at: sighting.time)
        if let refusal = judgement.refusal {
            guard refusal.answer == .quarantine, sighting.findings == .asPolicySays else {
                return .judged(judgement, transition: nil)
            }
            let step = try apply(
                .find(refusal.finding), to: record, by: .gateway, reason: "", at: sighting.time, in: transaction)
            return .judged(judgement, transition: step.transition)
        }
        var transition: Transition?
        if judgement.binds {
            let step = try apply(
                .bind(sighting.presented, overlapSeconds: policy.overlapSeconds), to: record, by: .gateway, reason: "",
                at: sighting.time, in: transaction)
            (record, transition) = (step.record, step.transition)
        } else if record.state == .provisioned {
            let step = try apply(.resume, to: record, by: .gateway, reason: "", at: sighting.time, in: transaction)
            (record, transition) = (step.record, step.transition)
        }
        try transaction.markSeen(record.identity, by: sighting.presented.id, at: sighting.time)
        return .judged(judgement, transition: transition)
    }
}

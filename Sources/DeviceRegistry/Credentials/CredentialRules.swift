import PKITypes

/// One key, one identity; one credential at a time but for the overlap at a rotation: what a presented credential means.
package enum CredentialRules {
    /// - Parameters:
    ///   - presented: whose key the device has proved to hold.
    ///   - record: of the identity that the certificate names.
    ///   - owners: the identities that this key was ever bound to, or is expected of.
    package static func judge(
        _ presented: PresentedCredential, of record: DeviceRecord, keyOwners owners: Set<DeviceIdentity>,
        policy: CredentialPolicy, at now: UnixSeconds
    ) -> CredentialJudgement {
        var findings: [CredentialFinding] = []
        if owners.contains(where: { $0 != record.identity }) { findings.append(.keyUnderTwoIdentities) }
        let known = record[credential: presented.id]
        if let known {
            switch known.standing {
            case .current: break
            case .overlapping(let until): if until < now { findings.append(.supersededReturned) }
            case .superseded: findings.append(.supersededReturned)
            case .dead: findings.append(.deadReturned)
            }
            // The same issuer and number for another key: the CA numbers twice, or it is not that CA.
            if known.key != presented.key { findings.append(.unknownKey) }
        } else {
            findings += findingsOfNew(presented, record, policy)
        }
        let answers = findings.map { CredentialJudgement.Finding(finding: $0, answer: policy.answer(to: $0)) }
        return CredentialJudgement(findings: answers, binds: known == nil)
    }

    private static func findingsOfNew(
        _ presented: PresentedCredential, _ record: DeviceRecord, _ policy: CredentialPolicy
    ) -> [CredentialFinding] {
        if record.condemns(presented.key) { return [.deadReturned] }
        let living = record.credentials.filter { if case .dead = $0.standing { false } else { true } }
        if let bearer = living.first(where: { $0.key == presented.key }) {
            if bearer.standing == .superseded { return [.supersededReturned] }
            return [.renewedWithSameKey]
        }
        if presented.key == record.expectedKey { return [] }
        if living.isEmpty {
            // A device that was reinstated or quarantined begins anew; so does one that never came.
            if record.expectedKey != nil { return [.notPreRegistered] }
            switch policy.firstUse {
            case .mustBePreRegistered: return [.notPreRegistered]
            case .binds: return []
            }
        }
        // Announced: its operator said that a new key would come, and none has yet.
        if record.state == .rotating, !record.hasOverlap { return [] }
        return [.unknownKey]
    }
}

import DeviceRegistry
import PKITypes
import VerificationCore

/// The registry's devices as decisions see them, brought up to date by what changed since the last time.
package struct DeviceView: Sendable {
    package private(set) var index = DeviceIndex()
    package private(set) var revision = Revision.beginning
    private let policy: CredentialPolicy

    /// Reads every device.
    package init(of store: any DeviceStore, policy: CredentialPolicy, at now: UnixSeconds) throws(StoreFailure) {
        self.policy = policy
        try read(store, at: now) { _ in }
        index.trim()
    }

    /// - Returns: the devices of which decisions may see something else than before.
    package mutating func update(from store: any DeviceStore, at now: UnixSeconds) throws(StoreFailure) -> Set<DeviceIdentity> {
        var changed = Set<DeviceIdentity>()
        try read(store, at: now) { changed.insert($0) }
        return changed
    }

    private mutating func read(
        _ store: any DeviceStore, at now: UnixSeconds, note: (DeviceIdentity) -> Void
    ) throws(StoreFailure) {
        var index = index
        // The old index stays in force when the store fails.
        revision = try store.forEachEntry(since: revision) { entry in
            index.set(RegisteredDevice(entry, policy, at: now))
            note(entry.identity)
        }
        self.index = index
    }
}

extension RegisteredDevice {
    /// What ``CredentialRules`` say of each credential that the device has, and of one that nobody ever saw.
    init(_ entry: DecisionEntry, _ policy: CredentialPolicy, at now: UnixSeconds) {
        let record = DeviceRecord(entry, at: now)
        let credentials = record.credentials.map { credential in
            BoundCredential(
                id: credential.id, key: credential.key, answer: Self.answer(to: credential, of: record, policy, at: now))
        }
        self.init(
            identity: entry.identity, state: entry.state, credentials: credentials,
            answerToOthers: Self.answerToOthers(record, policy, at: now), posture: entry.posture,
            windows: entry.windows.map { Validity(notBefore: $0.from, notAfter: $0.until) })
    }

    private static func answer(
        to credential: Credential, of record: DeviceRecord, _ policy: CredentialPolicy, at now: UnixSeconds
    ) -> Answer {
        let presented = PresentedCredential(id: credential.id, key: credential.key, validity: credential.validity)
        let judgement = CredentialRules.judge(presented, of: record, keyOwners: [record.identity], policy: policy, at: now)
        if let refusal = judgement.refusal {
            return refusal.answer == .refuse ? .refuse(refusal.finding.refusal) : .ask
        }
        // The registry hears of an alarm each time, and of the return of a device that was reinstated.
        if !judgement.findings.isEmpty || record.state == .provisioned { return .ask }
        if case .overlapping(let until) = credential.standing { return .admitUntil(until) }
        return .admit
    }

    /// Refused at once where the rules refuse whatever is new; the registry is asked where they might not.
    private static func answerToOthers(_ record: DeviceRecord, _ policy: CredentialPolicy, at now: UnixSeconds) -> Answer {
        guard record.expectedKey == nil, record.condemnedKeys.isEmpty,
            let unseen = KeyFingerprint(octets: [UInt8](repeating: 0, count: 32)), let serial = SerialNumber(octets: [0])
        else { return .ask }
        let nobody = DistinguishedName(canonical: [], display: "")
        let presented = PresentedCredential(
            id: CredentialID(anchorEntry: "", issuer: nobody, serial: serial), key: unseen,
            validity: Validity(notBefore: now, notAfter: now))
        let judgement = CredentialRules.judge(presented, of: record, keyOwners: [], policy: policy, at: now)
        guard let refusal = judgement.refusal, refusal.answer == .refuse else { return .ask }
        return .refuse(refusal.finding.refusal)
    }
}

extension DeviceRecord {
    /// As far as the rules of credentials look.
    fileprivate init(_ entry: DecisionEntry, at now: UnixSeconds) {
        self.init(identity: entry.identity, enrolledAt: now, enrolledBy: .gateway)
        state = entry.state
        expectedKey = entry.expectedKey
        condemnedKeys = entry.condemnedKeys
        credentials = entry.credentials.map {
            Credential(
                id: $0.id, key: $0.key, validity: Validity(notBefore: now, notAfter: $0.notAfter), firstSeen: now, lastSeen: now,
                standing: $0.standing)
        }
    }
}

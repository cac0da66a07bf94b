import DeviceRegistry
import PKITypes
import VerificationCore

/// The registry's devices as decisions see them, brought up to date by what changed since the last time, in pages: between two
/// of them whoever reads may see to something else.
package struct DeviceView: Sendable {
    /// How far an update has come.
    package enum Progress: Sendable { case upToDate, moreToRead }

    /// Entries that are read at once: some tens of milliseconds.
    package static let pageEntries = 4096

    /// Room for growing is given back when more than this share of all devices is new.
    private static let trimShare = 8

    package private(set) var index = DeviceIndex()
    package private(set) var position = EntryPosition.beginning
    /// What was read since ``takeChange()``.
    private var change = SnapshotChange.none
    private var countWhenTrimmed = 0
    private let policy: CredentialPolicy
    private let pageEntries: Int

    /// Reads every device.
    package init(
        of store: any DeviceStore, policy: CredentialPolicy, at now: UnixSeconds, pageEntries: Int = pageEntries
    ) throws(StoreFailure) {
        self.policy = policy
        self.pageEntries = pageEntries
        while try update(from: store, at: now) == .moreToRead {}
        _ = takeChange()
    }

    /// Reads a page of what is new. What was read before the store failed is true of its devices, and is read again.
    package mutating func update(from store: any DeviceStore, at now: UnixSeconds) throws(StoreFailure) -> Progress {
        position = try store.forEachEntry(since: position, limit: pageEntries) { set($0, at: now) }
        guard position.number == nil else { return .moreToRead }
        if index.count - countWhenTrimmed > index.count / Self.trimShare {
            index.trim()
            countWhenTrimmed = index.count
        }
        return .upToDate
    }

    /// Reads what there is of some devices, ahead of what else is new.
    package mutating func update(
        _ identities: Set<DeviceIdentity>, from store: any DeviceStore, at now: UnixSeconds
    ) throws(StoreFailure) {
        try store.forEachEntry(of: identities) { set($0, at: now) }
    }

    /// The devices of which decisions may see something else than when this was last asked.
    package mutating func takeChange() -> SnapshotChange {
        defer { change = .none }
        return change
    }

    private mutating func set(_ entry: DecisionEntry, at now: UnixSeconds) {
        index.set(RegisteredDevice(entry, policy, at: now))
        change.note(IdentityMark(entry.identity))
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

import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Credential rules")
struct CredentialRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let presented: PresentedCredential
        let record: DeviceRecord
        var owners: Set<DeviceIdentity> = []
        var firstUse = FirstUse.binds
        let findings: [CredentialFinding]
        let binds: Bool
    }

    static func record(
        _ state: DeviceState, _ credentials: [Credential], expected: UInt8? = nil, condemned: [UInt8] = []
    ) -> DeviceRecord {
        var record = Sample.record(state: state)
        record.credentials = credentials
        record.expectedKey = expected.map(Sample.key)
        record.condemnedKeys = condemned.map(Sample.key)
        return record
    }

    static let retired = Sample.credential(1, standing: .dead(.deviceRetired))
    static let compromised = Sample.credential(1, standing: .dead(.revoked(.keyCompromise, listIssued: Sample.start)))
    static let renamed = Sample.credential(1, standing: .dead(.revoked(.affiliationChanged, listIssued: Sample.start)))
    static let overlapping = Sample.credential(1, standing: .overlapping(until: Sample.start))
    static let ended = Sample.credential(1, standing: .overlapping(until: Sample.start + -1))
    static let superseded = Sample.credential(1, standing: .superseded)
    static let current = Sample.credential(2, seen: 5)

    static let cases = [
        Case(
            testDescription: "the current one", presented: Sample.presented(2), record: record(.active, [current]), findings: [],
            binds: false),
        Case(
            testDescription: "one that overlaps", presented: Sample.presented(1),
            record: record(.rotating, [overlapping, current]), findings: [], binds: false),
        Case(
            testDescription: "one whose overlap has ended", presented: Sample.presented(1),
            record: record(.rotating, [ended, current]),
            findings: [.supersededReturned], binds: false),
        Case(
            testDescription: "a superseded one", presented: Sample.presented(1), record: record(.active, [superseded, current]),
            findings: [.supersededReturned], binds: false),
        Case(
            testDescription: "a new certificate for a superseded key", presented: Sample.presented(3, key: 1),
            record: record(.active, [superseded, current]), findings: [.supersededReturned], binds: true),
        Case(
            testDescription: "a renewal with the same key", presented: Sample.presented(3, key: 2),
            record: record(.active, [current]),
            findings: [.renewedWithSameKey], binds: true),
        Case(
            testDescription: "a key that nobody announced", presented: Sample.presented(3), record: record(.active, [current]),
            findings: [.unknownKey], binds: true),
        Case(
            testDescription: "a key that was announced by rotate", presented: Sample.presented(3),
            record: record(.rotating, [current]),
            findings: [], binds: true),
        Case(
            testDescription: "a second new key within one rotation", presented: Sample.presented(3),
            record: record(.rotating, [overlapping, current]), findings: [.unknownKey], binds: true),
        Case(
            testDescription: "a key that is expected", presented: Sample.presented(3),
            record: record(.active, [current], expected: 3),
            findings: [], binds: true),
        Case(
            testDescription: "the first one", presented: Sample.presented(3), record: record(.provisioned, []), findings: [],
            binds: true),
        Case(
            testDescription: "the first one, where it must be registered", presented: Sample.presented(3),
            record: record(.provisioned, []),
            firstUse: .mustBePreRegistered, findings: [.notPreRegistered], binds: true),
        Case(
            testDescription: "the first one, where it is registered", presented: Sample.presented(3),
            record: record(.provisioned, [], expected: 3), firstUse: .mustBePreRegistered, findings: [], binds: true),
        Case(
            testDescription: "another than the expected one", presented: Sample.presented(3),
            record: record(.provisioned, [], expected: 4),
            findings: [.notPreRegistered], binds: true),
        Case(
            testDescription: "somebody else's key", presented: Sample.presented(3), record: record(.provisioned, []),
            owners: [Sample.identity(1), Sample.identity(2)], findings: [.keyUnderTwoIdentities], binds: true),
        Case(
            testDescription: "its own key", presented: Sample.presented(2), record: record(.active, [current]),
            owners: [Sample.identity(1)], findings: [], binds: false),
        Case(
            testDescription: "a certificate of before the retirement", presented: Sample.presented(1),
            record: record(.provisioned, [retired]),
            findings: [.deadReturned], binds: false),
        Case(
            testDescription: "a new certificate for a key of before the retirement", presented: Sample.presented(3, key: 1),
            record: record(.provisioned, [retired]), findings: [.deadReturned], binds: true),
        Case(
            testDescription: "a key that was expected before the retirement", presented: Sample.presented(3),
            record: record(.provisioned, [], condemned: [3]), findings: [.deadReturned], binds: true),
        Case(
            testDescription: "a new key after the retirement", presented: Sample.presented(3),
            record: record(.provisioned, [retired]),
            findings: [], binds: true),
        Case(
            testDescription: "a new certificate for a compromised key", presented: Sample.presented(3, key: 1),
            record: record(.active, [compromised, current]), findings: [.deadReturned], binds: true),
        Case(
            testDescription: "a new certificate for the key of a certificate that was revoked for another reason",
            presented: Sample.presented(3, key: 1), record: record(.provisioned, [renamed]), findings: [], binds: true),
        Case(
            testDescription: "the current number for another key", presented: Sample.presented(2, key: 9),
            record: record(.active, [current]), findings: [.unknownKey], binds: false),
    ]

    @Test("What a presented credential means", arguments: cases)
    func meaning(_ test: Case) {
        let judgement = judge(test.presented, test.record, test.owners, policy(.refuse, test.firstUse))
        #expect(judgement.findings.map(\.finding) == test.findings)
        #expect(judgement.binds == test.binds)
        #expect(judgement.refusal?.finding == test.findings.first)
    }

    @Test("A policy of alarm lets it go on; the gravest answer counts", arguments: FindingAnswer.allCases)
    func answers(answer: FindingAnswer) {
        let record = Self.record(.active, [Self.current])
        let judgement = judge(Sample.presented(3), record, [Sample.identity(2)], policy(answer, .binds))
        #expect(judgement.findings.map(\.answer) == [answer, answer])
        #expect(judgement.refusal?.answer == (answer == .alarm ? nil : answer))
        var mixed = policy(.refuse, .binds)
        mixed.unknownKey = .quarantine
        #expect(judge(Sample.presented(3), record, [Sample.identity(2)], mixed).refusal?.finding == .unknownKey)
    }

    @Test("What is dead is refused by every policy")
    func deadIsDead() {
        let record = Self.record(.active, [Self.compromised, Self.current])
        #expect(judge(Sample.presented(1), record, [], policy(.alarm, .binds)).refusal?.finding == .deadReturned)
    }

    @Test("Strict stands first, and every finding has a refusal")
    func strictFirst() {
        #expect(FindingAnswer.allCases == FindingAnswer.allCases.sorted())
        #expect(FindingAnswer.quarantine < .refuse && FindingAnswer.refuse < .alarm)
        #expect(CredentialFinding.keyUnderTwoIdentities.refusal == .cloneSuspected)
        #expect(CredentialFinding.supersededReturned.refusal == .credentialSuperseded)
    }

    private func policy(_ answer: FindingAnswer, _ firstUse: FirstUse) -> CredentialPolicy {
        CredentialPolicy(
            firstUse: firstUse, keyUnderTwoIdentities: answer, unknownKey: answer, supersededReturned: answer,
            renewedWithSameKey: answer, overlapSeconds: 60)
    }

    private func judge(
        _ presented: PresentedCredential, _ record: DeviceRecord, _ owners: Set<DeviceIdentity>, _ policy: CredentialPolicy
    ) -> CredentialJudgement {
        CredentialRules.judge(presented, of: record, keyOwners: owners, policy: policy, at: Sample.start)
    }
}

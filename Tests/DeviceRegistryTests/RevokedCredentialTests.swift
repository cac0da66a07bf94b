import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("A list kills the credential, not the device")
struct RevokedCredentialTests {
    @Test("Without another good credential the device is quarantined, by whatever reason", arguments: RevocationReason.allCases)
    func alone(reason: RevocationReason) throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1)]
        let step = try revoked(1, reason, record)
        #expect(step.record.state == (reason == .keyCompromise ? .disabled : .quarantined))
        #expect(step.transition?.cause == .revocation(reason) && step.alarm == nil)
        #expect(step.record.credentials[0].standing == .dead(.revoked(reason, listIssued: Sample.start)))
    }

    @Test("With a newer good credential it stays active, with an alarm", arguments: RevocationReason.allCases)
    func succeeded(reason: RevocationReason) throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1, standing: .superseded), Sample.credential(2, seen: 10)]
        let step = try revoked(1, reason, record)
        #expect(step.record.state == (reason == .keyCompromise ? .disabled : .active))
        #expect(step.alarm == (reason == .keyCompromise ? nil : .credentialRevoked(Sample.credentialID(1), reason)))
    }

    @Test("An older credential, a superseded one and one that has expired do not keep it active")
    func notGoodEnough() throws {
        var record = Sample.record(state: .rotating)
        record.credentials = [Sample.credential(1, standing: .superseded), Sample.credential(2, seen: 10)]
        #expect(try revoked(2, .superseded, record).record.state == .quarantined)
        record.credentials[0].standing = .overlapping(until: Sample.start + 5)
        #expect(try revoked(2, .superseded, record).record.state == .quarantined)
    }

    @Test("A graver state stays", arguments: [DeviceState.provisioned, .quarantined, .disabled, .retired])
    func graver(state: DeviceState) throws {
        var record = Sample.record(state: state)
        record.credentials = [Sample.credential(1)]
        let step = try revoked(1, .superseded, record)
        #expect(step.record.state == state && step.transition == nil)
    }

    @Test("A hold lifts by a newer list that names the certificate no more, and only by that")
    func hold() throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1)]
        let held = try revoked(1, .certificateHold, record).record
        #expect(held.state == .quarantined)
        for age: Int64 in [-100, 0] {
            #expect(throws: LifecycleFailure.listNotNewer(than: Sample.start)) { try lifted(1, held, listIssued: age) }
        }
        let free = try lifted(1, held, listIssued: 1)
        #expect(free.state == .active && free.credentials[0].standing == .current && free.stateCause == .holdLifted)
    }

    @Test("A hold that became a revocation, or one under a person's quarantine, lifts nothing")
    func sticky() throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1)]
        let held = try revoked(1, .certificateHold, record).record
        let dead = try revoked(1, .keyCompromise, held).record
        #expect(dead.state == .disabled)
        #expect(throws: LifecycleFailure.notOnHold(Sample.credentialID(1))) { try lifted(1, dead, listIssued: 100) }
        #expect(try revoked(1, .certificateHold, dead).record == dead, "an older list revives nothing")

        var quarantined = held
        quarantined.stateCause = .command
        #expect(try lifted(1, quarantined, listIssued: 1).state == .quarantined)
    }

    @Test("A certificate that was never bound is no matter of the device")
    func unknown() {
        #expect(throws: LifecycleFailure.credentialUnknown(Sample.credentialID(9))) {
            try revoked(9, .superseded, Sample.record(state: .active))
        }
    }

    private func revoked(_ serial: UInt8, _ reason: RevocationReason, _ record: DeviceRecord) throws -> LifecycleStep {
        try Lifecycle.applying(
            .revoke(Sample.credentialID(serial), reason, listIssued: Sample.start), to: record, by: .gateway,
            at: Sample.start + 20)
    }

    private func lifted(_ serial: UInt8, _ record: DeviceRecord, listIssued age: Int64) throws -> DeviceRecord {
        try Lifecycle.applying(
            .liftHold(Sample.credentialID(serial), listIssued: Sample.start + age), to: record, by: .gateway,
            at: Sample.start + 200
        ).record
    }
}

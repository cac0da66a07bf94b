import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Lifecycle")
struct LifecycleTests {
    enum Outcome: Sendable {
        case becomes(DeviceState)
        case already
        case refused
    }

    static let commands: [(LifecycleEvent, [DeviceState: Outcome])] = [
        (
            .activate,
            [
                .provisioned: .becomes(.active), .active: .already, .rotating: .becomes(.active),
                .quarantined: .becomes(.active), .disabled: .refused, .retired: .refused,
            ]
        ),
        (
            .rotate,
            [
                .provisioned: .refused, .active: .becomes(.rotating), .rotating: .already, .quarantined: .refused,
                .disabled: .refused, .retired: .refused,
            ]
        ),
        (
            .quarantine,
            [
                .provisioned: .becomes(.quarantined), .active: .becomes(.quarantined), .rotating: .becomes(.quarantined),
                .quarantined: .already, .disabled: .refused, .retired: .refused,
            ]
        ),
        (
            .disable,
            [
                .provisioned: .becomes(.disabled), .active: .becomes(.disabled), .rotating: .becomes(.disabled),
                .quarantined: .becomes(.disabled), .disabled: .already, .retired: .refused,
            ]
        ),
        (
            .retire,
            [
                .provisioned: .becomes(.retired), .active: .becomes(.retired), .rotating: .becomes(.retired),
                .quarantined: .becomes(.retired), .disabled: .becomes(.retired), .retired: .already,
            ]
        ),
        (
            .reinstate,
            [
                .provisioned: .refused, .active: .refused, .rotating: .refused, .quarantined: .refused,
                .disabled: .becomes(.provisioned), .retired: .becomes(.provisioned),
            ]
        ),
        (
            .resume,
            [
                .provisioned: .becomes(.active), .active: .refused, .rotating: .refused, .quarantined: .refused,
                .disabled: .refused, .retired: .refused,
            ]
        ),
        (
            .find(.keyUnderTwoIdentities),
            [
                .provisioned: .becomes(.quarantined), .active: .becomes(.quarantined), .rotating: .becomes(.quarantined),
                .quarantined: .already, .disabled: .refused, .retired: .refused,
            ]
        ),
        (
            .bind(Sample.presented(1), overlapSeconds: 60),
            [
                .provisioned: .becomes(.active), .active: .becomes(.active), .rotating: .becomes(.active),
                .quarantined: .refused, .disabled: .refused, .retired: .refused,
            ]
        ),
    ]

    static let cells = commands.flatMap { event, outcomes in
        DeviceState.allCases.map { (event, $0, outcomes[$0]) }
    }

    @Test("Every event in every state does what the table says", arguments: cells)
    func table(event: LifecycleEvent, state: DeviceState, expected: Outcome?) throws {
        let expected = try #require(expected, "the table has a hole")
        let record = Sample.record(state: state)
        let result = Result { () throws(LifecycleFailure) in
            try Lifecycle.applying(event, to: record, by: Sample.person, reason: "because", at: Sample.start + 1)
        }
        switch (expected, result) {
        case (.becomes(let target), .success(let step)):
            #expect(step.record.state == target)
            #expect(step.transition?.to == (target == state ? nil : target))
            #expect(step.transition.map { $0.from == state && $0.reason == "because" } ?? true)
        case (.already, .failure(let failure)): #expect(failure == .alreadyIn(state))
        case (.refused, .failure(let failure)): #expect(failure == .notFrom(state, event: event.name))
        default: Issue.record("\(event.name) of a device that is \(state.name): \(result)")
        }
    }

    @Test("What ends or restores a device wants a reason", arguments: [LifecycleEvent.quarantine, .disable, .retire, .reinstate])
    func reasons(event: LifecycleEvent) {
        let record = Sample.record(state: event == .reinstate ? .retired : .active)
        #expect(throws: LifecycleFailure.reasonMissing(event: event.name)) {
            try Lifecycle.applying(event, to: record, by: Sample.person, at: Sample.start)
        }
        #expect(throws: Never.self) {
            try Lifecycle.applying(event, to: record, by: Sample.person, reason: "recall", at: Sample.start)
        }
    }

    @Test(
        "Only a person activates, rotates, retires, reinstates",
        arguments: [LifecycleEvent.activate, .rotate, .retire, .reinstate])
    func persons(event: LifecycleEvent) {
        #expect(throws: LifecycleFailure.onlyByPerson(event: event.name)) {
            try Lifecycle.applying(event, to: Sample.record(), by: .gateway, reason: "because", at: Sample.start)
        }
    }

    @Test("A retired device comes back with a new key alone")
    func newKeyOnly() throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1)]
        record.expectedKey = Sample.key(9)
        record = try applied(.retire, record)
        #expect(record.credentials[0].standing == .dead(.deviceRetired))
        record = try applied(.reinstate, record)
        #expect(record.state == .provisioned && record.expectedKey == nil)
        for old: UInt8 in [1, 9] {
            #expect(throws: LifecycleFailure.keyCondemned(Sample.key(old))) {
                try applied(.bind(Sample.presented(50, key: old), overlapSeconds: 0), record)
            }
        }
        #expect(try applied(.bind(Sample.presented(2), overlapSeconds: 0), record).state == .active)
    }

    @Test("A device that was disabled and reinstated keeps its credentials")
    func reinstatedFromDisabled() throws {
        var record = Sample.record(state: .active)
        record.credentials = [Sample.credential(1)]
        record = try applied(.reinstate, applied(.disable, record))
        #expect(record.state == .provisioned && record.credentials[0].standing == .current)
        #expect(try applied(.resume, record).state == .active)
    }

    @Test("A new credential starts an overlap, whose end ends the rotation; the old one is superseded")
    func rotation() throws {
        var record = try applied(.bind(Sample.presented(1), overlapSeconds: 60), Sample.record())
        record = try applied(.bind(Sample.presented(2), overlapSeconds: 60), record)
        #expect(record.state == .rotating)
        #expect(record.credentials.map(\.standing) == [.overlapping(until: Sample.start + 60), .current])
        record = try applied(.endOverlaps, record, at: 60)
        #expect(record.state == .rotating, "the last second belongs to it")
        record = try applied(.endOverlaps, record, at: 61)
        #expect(record.state == .active && record.credentials.map(\.standing) == [.superseded, .current])
    }

    @Test("A key that was expected is expected no more when it has come; another still is")
    func expectedKey() throws {
        var record = Sample.record()
        record.expectedKey = Sample.key(1)
        #expect(try applied(.bind(Sample.presented(2), overlapSeconds: 0), record).expectedKey == Sample.key(1))
        #expect(try applied(.bind(Sample.presented(1), overlapSeconds: 0), record).expectedKey == nil)
    }

    @Test("An announced rotation waits for its credential; activate ends one at once")
    func announcedRotation() throws {
        var record = try applied(.bind(Sample.presented(1), overlapSeconds: 60), Sample.record())
        record = try applied(.rotate, record)
        #expect(try applied(.endOverlaps, record, at: 1_000_000).state == .rotating)
        record = try applied(.bind(Sample.presented(2), overlapSeconds: 60), record)
        #expect(record.state == .rotating)
        record = try applied(.activate, record)
        #expect(record.state == .active && record.credentials[0].standing == .superseded)
    }

    @Test("Nothing overlaps where the policy gives no time, or the key goes on")
    func noOverlap() throws {
        let record = try applied(.bind(Sample.presented(1), overlapSeconds: 0), Sample.record())
        let replaced = try applied(.bind(Sample.presented(2), overlapSeconds: 0), record)
        #expect(replaced.state == .active && replaced.credentials[0].standing == .superseded)
        let renewed = try applied(.bind(Sample.presented(2, key: 1), overlapSeconds: 60), record)
        #expect(renewed.state == .active && renewed.credentials[0].standing == .superseded)
        #expect(throws: LifecycleFailure.credentialBound(Sample.credentialID(1))) {
            try applied(.bind(Sample.presented(1), overlapSeconds: 60), record)
        }
    }

    private func applied(_ event: LifecycleEvent, _ record: DeviceRecord, at seconds: Int64 = 0) throws -> DeviceRecord {
        try Lifecycle.applying(event, to: record, by: Sample.person, reason: "because", at: Sample.start + seconds).record
    }
}

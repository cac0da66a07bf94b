import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Many devices at once")
struct BulkTests {
    @Test("A dry run counts what applying does, and does nothing", arguments: AnyStore.allCases)
    func dryRun(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        let states: [DeviceState] = [.active, .active, .provisioned, .quarantined, .disabled, .retired, .active]
        for (number, state) in states.enumerated() {
            var record = Sample.record(number, state: state)
            record.description.lot = number == 6 ? "other" : "L1"
            try registry.enroll(record)
        }
        var filter = DeviceFilter()
        filter.lot = "L1"
        let before = try registry.store.revision()
        let dry = try registry.performOnAll(.quarantine, matching: filter, Sample.context, mode: .dryRun)
        #expect(dry.selected == 6 && dry.changed == [.active: 2, .provisioned: 1] && dry.unchanged == 1 && dry.refusedCount == 2)
        #expect(Set(dry.refused.map(\.identity)) == [Sample.identity(4), Sample.identity(5)])
        #expect(try registry.store.revision() == before)

        #expect(try registry.performOnAll(.quarantine, matching: filter, Sample.context, mode: .apply) == dry)
        #expect(try registry.store.revision() == before.next, "one transaction")
        #expect(try registry.entries(since: before).entries.count == 3)
        #expect(try registry.record(of: Sample.identity(6))?.record.state == .active)
        #expect(try registry.history(of: Sample.identity(0)).count == 1)
        _ = directory
    }

    @Test("Granted periods add up; those that are over go", arguments: AnyStore.allCases)
    func grant(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        var record = Sample.record(1, state: .active)
        let over = try #require(TimeWindow(from: Sample.start + -9, until: Sample.start + -1))
        let open = try #require(TimeWindow(from: Sample.start, until: Sample.start + 5))
        record.windows = [over, open]
        try registry.enroll(record)
        let granted = try #require(TimeWindow(from: Sample.start, until: Sample.start + 60))
        #expect(try registry.perform(.grant(granted), on: record.identity, Sample.context).windows == [open, granted])
        _ = try registry.perform(.retire, on: record.identity, Sample.context)
        #expect(throws: RegistryFailure.lifecycle(record.identity, .notFrom(.retired, event: "grant"))) {
            try registry.perform(.grant(granted), on: record.identity, Sample.context)
        }
        _ = directory
    }

    struct Question: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: [Int]
        let ask: @Sendable (inout DeviceFilter) -> Void
    }

    /// Of devices 1 to 5, as ``fill(_:)`` makes them.
    static let questions = [
        Question(testDescription: "everything", expected: [1, 2, 3, 4, 5]) { _ in },
        Question(testDescription: "model", expected: [1]) { $0.model = "M" },
        Question(testDescription: "UDI-DI", expected: [1]) { $0.udiDI = "U" },
        Question(testDescription: "site and zone", expected: [1]) { ($0.site, $0.zone) = ("S", "Z") },
        Question(testDescription: "site and another zone", expected: []) { ($0.site, $0.zone) = ("S", "Y") },
        Question(testDescription: "owner", expected: [1, 2]) { $0.owner = "O" },
        Question(testDescription: "ownerless", expected: [3, 4, 5]) { $0.onlyOwnerless = true },
        Question(testDescription: "states", expected: [2, 4]) { $0.states = [.active, .retired] },
        Question(testDescription: "anchor", expected: [2, 3]) { $0.authority = "device-ca" },
        Question(testDescription: "issuer", expected: [2, 3]) { $0.authority = "CN=Device CA" },
        Question(testDescription: "idle for 100 s", expected: [1, 3, 4, 5]) { $0.idleSeconds = 100 },
        Question(testDescription: "idle for longer than they are enrolled", expected: []) { $0.idleSeconds = 1000 },
        Question(testDescription: "expiring soon", expected: [2]) { $0.expiringSeconds = 1_000_000 - 500 },
        Question(testDescription: "expiring at all", expected: [2, 3]) { $0.expiringSeconds = 10_000_000 },
        Question(testDescription: "valid but retired", expected: [4]) { $0.onlyValidButRetired = true },
        Question(testDescription: "rights never used", expected: [2, 5]) { $0.onlyRightsNeverUsed = true },
    ]

    @Test("An inventory answers what is asked, the same from every store", arguments: questions, AnyStore.allCases)
    func answers(question: Question, kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try Self.fill(registry)
        var filter = DeviceFilter()
        question.ask(&filter)
        let found = try registry.records(filter, at: Sample.start + 500).map(\.identity)
        #expect(found == question.expected.map(Sample.identity))
        #expect(filter.isEmpty == (question.testDescription == "everything"))
        _ = directory
    }

    private static func fill(_ registry: Registry) throws {
        var first = Sample.record(1)
        first.description.model = "M"
        first.description.udiDI = "U"
        (first.description.site, first.description.zone, first.description.owner) = ("S", "Z", "O")
        var second = Sample.record(2, state: .active)
        second.description.owner = "O"
        second.credentials = [Sample.credential(1)]
        (second.firstSeen, second.lastSeen) = (Sample.start, Sample.start + 450)
        second.windows = [TimeWindow(from: Sample.start + 460, until: Sample.start + 600)!]
        var third = Sample.record(3, state: .quarantined)
        let longer = Credential(
            id: Sample.credentialID(2), key: Sample.key(2),
            validity: Validity(notBefore: Sample.start, notAfter: Sample.start + 5_000_000), firstSeen: Sample.start,
            lastSeen: Sample.start, standing: .current)
        third.credentials = [longer]
        var fourth = Sample.record(4, state: .retired)
        fourth.credentials = [Sample.credential(3, standing: .dead(.deviceRetired))]
        let fifth = Sample.record(5, state: .rotating)
        for record in [first, second, third, fourth, fifth] { try registry.enroll(record) }
    }
}

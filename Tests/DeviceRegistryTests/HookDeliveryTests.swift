import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("What hooks are to hear")
struct HookDeliveryTests {
    private static func queue(_ registry: Registry, on states: Set<DeviceState> = [.retired], at now: UnixSeconds) throws {
        try registry.store.write { transaction throws(RegistryFailure) in
            try transaction.queueDeliveries(of: "purge", on: states, at: now)
        }
    }

    private static func due(_ registry: Registry, at now: UnixSeconds) throws -> [HookDelivery] {
        try registry.store.dueDeliveries(of: ["purge"], at: now, limit: 10)
    }

    @Test("Exactly the steps that a hook wants, each once, and none of before it was there", arguments: AnyStore.allCases)
    func exactly(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        for number in 1...4 { try registry.enroll(Sample.record(number, state: .active)) }
        _ = try registry.perform(.retire, on: Sample.identity(1), Sample.context)
        let revision = try registry.store.revision()
        try Self.queue(registry, at: Sample.start)
        #expect(try Self.due(registry, at: Sample.start).isEmpty && registry.store.revision() == revision)

        _ = try registry.perform(.retire, on: Sample.identity(2), Sample.context)
        _ = try registry.perform(.quarantine, on: Sample.identity(3), Sample.context)
        let change = try #require(PostureChange(set: ["a": "1"]))
        _ = try registry.perform(.amend(change), on: Sample.identity(2), Sample.context)
        for _ in 1...2 { try Self.queue(registry, at: Sample.start) }
        let due = try Self.due(registry, at: Sample.start)
        #expect(due.map(\.identity) == [Sample.identity(2)] && due.map(\.transition.to) == [.retired])
        #expect(due.map(\.attempts) == [0] && due[0].json.contains("\"identity\":\"\(Sample.identity(2).text)\""))
        #expect(try registry.store.dueDeliveries(of: ["other"], at: Sample.start, limit: 10).isEmpty)
        #expect(try registry.store.deliveriesWaiting() == ["purge": 1])
        _ = directory
    }

    @Test("A failure waits for its time, a success is a receipt", arguments: AnyStore.allCases)
    func receipts(kind: AnyStore) throws {
        let (registry, directory) = try kind.registry()
        try registry.enroll(Sample.record(1, state: .active))
        try Self.queue(registry, at: Sample.start)
        _ = try registry.perform(.retire, on: Sample.identity(1), Sample.context)
        try Self.queue(registry, at: Sample.start)
        #expect(try registry.receipts(of: Sample.identity(1)).map(\.outcome) == [.pending])
        func note(_ result: HookResult, at now: UnixSeconds) throws {
            let delivery = try #require(try Self.due(registry, at: now).first)
            try registry.store.write { transaction throws(RegistryFailure) in try transaction.note(result, of: delivery) }
        }
        try note(HookResult(.failed, answer: "500", time: Sample.start + 1, due: Sample.start + 5), at: Sample.start)
        #expect(try Self.due(registry, at: Sample.start + 4).isEmpty && Self.due(registry, at: Sample.start + 5).count == 1)
        try note(HookResult(.delivered, answer: "200", time: Sample.start + 6, due: nil), at: Sample.start + 5)
        let receipt = HookReceipt(
            hook: "purge", state: .retired, outcome: .delivered, attempts: 2, answer: "200", time: Sample.start + 6)
        #expect(try registry.receipts(of: Sample.identity(1)) == [receipt])
        #expect(try Self.due(registry, at: Sample.start + 1000).isEmpty && registry.store.deliveriesWaiting() == [:])
        #expect(RecordText.receipt(RecordText.node(of: receipt)) == receipt)
        _ = directory
    }
}

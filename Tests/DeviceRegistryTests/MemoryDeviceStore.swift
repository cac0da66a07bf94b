import PKITypes
import Synchronization

@testable import DeviceRegistry

/// A store without cleverness, to compare the others with.
final class MemoryDeviceStore: DeviceStore {
    struct Contents {
        var revision = Revision.beginning
        var records: [DeviceIdentity: StoredRecord] = [:]
        var transitions: [DeviceIdentity: [Transition]] = [:]
        var steps: [(identity: DeviceIdentity, transition: Transition)] = []
        var stepsSeen: [String: Int] = [:]
        var observations: [ObservedRefusal.Key: ObservedRefusal] = [:]
        var deliveries: [(delivery: HookDelivery, result: HookResult)] = []
    }

    let contents = Mutex(Contents())

    func write<Value>(
        _ body: (any StoreTransaction) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value {
        let change = MemoryTransaction(contents.withLock { $0 })
        let value = try body(change)
        contents.withLock { $0 = change.contents }
        return value
    }

    func stage(
        _ fill: (any RecordStaging) throws(RegistryFailure) -> StagingEnd
    ) throws(RegistryFailure) -> [StagingConflict] {
        let staging = MemoryStaging(contents.withLock { $0 })
        guard try fill(staging) == .take else { return [] }
        return contents.withLock { staging.take(into: &$0) }
    }

    func revision() throws(StoreFailure) -> Revision { contents.withLock { $0.revision } }

    func record(of identity: DeviceIdentity) throws(StoreFailure) -> StoredRecord? {
        contents.withLock { $0.records[identity] }
    }

    func history(of identity: DeviceIdentity) throws(StoreFailure) -> [Transition] {
        contents.withLock { $0.transitions[identity] ?? [] }
    }

    func owners(ofKey key: KeyFingerprint) throws(StoreFailure) -> Set<DeviceIdentity> {
        contents.withLock { $0.owners(ofKey: key) }
    }

    func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(StoreFailure) {
        for stored in contents.withLock({ $0.selected(filter, now) }) where !body(stored) { return }
    }

    func forEachEntry(
        since position: EntryPosition, limit: Int, _ body: (DecisionEntry) -> Void
    ) throws(StoreFailure) -> EntryPosition {
        let contents = contents.withLock { $0 }
        let changed = contents.records.values.map(\.entry).filter(position.precedes)
        let page = changed.sorted { ($0.revision, $0.number) < ($1.revision, $1.number) }.prefix(limit)
        page.forEach(body)
        if page.count == limit, let last = page.last { return EntryPosition(last) }
        return EntryPosition(allOf: contents.revision)
    }

    func forEachEntry(of identities: Set<DeviceIdentity>, _ body: (DecisionEntry) -> Void) throws(StoreFailure) {
        let contents = contents.withLock { $0 }
        for identity in identities { if let stored = contents.records[identity] { body(stored.entry) } }
    }

    func hookReceipts(of identity: DeviceIdentity) throws(StoreFailure) -> [HookReceipt] {
        contents.withLock { $0.deliveries }.filter { $0.delivery.identity == identity }.map { delivery, result in
            HookReceipt(
                hook: delivery.hook, state: delivery.transition.to, outcome: result.outcome, attempts: delivery.attempts,
                answer: result.answer, time: result.time)
        }
    }

    func dueDeliveries(of hooks: [String], at now: UnixSeconds, limit: Int) throws(StoreFailure) -> [HookDelivery] {
        let due = contents.withLock { $0.deliveries }.filter { delivery, result in
            hooks.contains(delivery.hook) && result.due.map { $0 <= now } ?? false
        }
        let sorted = due.sorted { ($0.result.due!, $0.delivery.number) < ($1.result.due!, $1.delivery.number) }
        return sorted.prefix(limit).map(\.delivery)
    }

    func deliveriesWaiting() throws(StoreFailure) -> [String: Int] {
        let waiting = contents.withLock { $0.deliveries }.filter { $0.result.due != nil }
        return Dictionary(grouping: waiting, by: \.delivery.hook).mapValues(\.count)
    }

    func counts() throws(StoreFailure) -> [DeviceState: Int] {
        contents.withLock { Dictionary(grouping: $0.records.values, by: \.record.state).mapValues(\.count) }
    }
}

extension MemoryDeviceStore.Contents {
    func owners(ofKey key: KeyFingerprint) -> Set<DeviceIdentity> {
        Set(records.values.filter { $0.record.keys.contains(key) }.map(\.record.identity))
    }

    func selected(_ filter: DeviceFilter, _ now: UnixSeconds) -> [StoredRecord] {
        records.values.filter { filter.selects($0.record, at: now) }.sorted { $0.record.identity.text < $1.record.identity.text }
    }
}

extension StoredRecord {
    var entry: DecisionEntry {
        DecisionEntry(
            number: number, revision: revision, identity: record.identity, state: record.state, expectedKey: record.expectedKey,
            condemnedKeys: record.condemnedKeys, aliases: record.aliases, posture: record.posture, windows: record.windows,
            credentials: record.credentials.map {
                DecisionEntry.BoundCredential(id: $0.id, key: $0.key, notAfter: $0.validity.notAfter, standing: $0.standing)
            })
    }
}

private final class MemoryTransaction: StoreTransaction {
    var contents: MemoryDeviceStore.Contents
    let revision: Revision

    init(_ contents: MemoryDeviceStore.Contents) {
        self.contents = contents
        revision = contents.revision.next
    }

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? { contents.records[identity] }

    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity> { contents.owners(ofKey: key) }

    func identities(matching filter: DeviceFilter, at now: UnixSeconds) throws(RegistryFailure) -> [DeviceIdentity] {
        contents.selected(filter, now).map(\.record.identity)
    }

    func insert(_ record: DeviceRecord) throws(RegistryFailure) {
        let number = DeviceNumber(rawValue: UInt32(contents.records.count + 1))
        put(StoredRecord(number: number, revision: revision, record: record))
    }

    func replace(_ record: DeviceRecord) throws(RegistryFailure) {
        guard let before = contents.records[record.identity] else { throw .unknownDevice(record.identity) }
        put(StoredRecord(number: before.number, revision: revision, record: record))
    }

    func append(_ transition: Transition, of identity: DeviceIdentity) throws(RegistryFailure) {
        guard contents.records[identity] != nil else { throw .unknownDevice(identity) }
        contents.transitions[identity, default: []].append(transition)
        contents.steps.append((identity, transition))
        contents.revision = revision
    }

    func markSeen(_ identity: DeviceIdentity, by credential: CredentialID, at time: UnixSeconds) throws(RegistryFailure) {
        guard var stored = contents.records[identity] else { throw .unknownDevice(identity) }
        stored.record.firstSeen = stored.record.firstSeen ?? time
        stored.record.lastSeen = max(stored.record.lastSeen ?? time, time)
        for index in stored.record.credentials.indices where stored.record.credentials[index].id == credential {
            stored.record.credentials[index].lastSeen = max(stored.record.credentials[index].lastSeen, time)
        }
        contents.records[identity] = stored
    }

    func queueDeliveries(of hook: String, on states: Set<DeviceState>, at now: UnixSeconds) throws(RegistryFailure) {
        for step in contents.steps.dropFirst(contents.stepsSeen[hook] ?? contents.steps.count)
        where step.transition.changesState && states.contains(step.transition.to) {
            let delivery = HookDelivery(
                number: Int64(contents.deliveries.count + 1), hook: hook, identity: step.identity, transition: step.transition,
                attempts: 0)
            contents.deliveries.append((delivery, HookResult(.pending, answer: "", time: step.transition.time, due: now)))
        }
        contents.stepsSeen[hook] = contents.steps.count
    }

    func note(_ result: HookResult, of delivery: HookDelivery) throws(RegistryFailure) {
        let again = HookDelivery(
            number: delivery.number, hook: delivery.hook, identity: delivery.identity, transition: delivery.transition,
            attempts: delivery.attempts + 1)
        contents.deliveries[Int(delivery.number) - 1] = (again, result)
    }

    private func put(_ stored: StoredRecord) {
        contents.records[stored.record.identity] = stored
        contents.revision = revision
    }
}

private final class MemoryStaging: RecordStaging {
    private let base: MemoryDeviceStore.Contents
    private var staged: [DeviceIdentity: (record: DeviceRecord, line: Int)] = [:]

    init(_ base: MemoryDeviceStore.Contents) { self.base = base }

    func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? { base.records[identity] }
    func isStaged(_ identity: DeviceIdentity) throws(RegistryFailure) -> Bool { staged[identity] != nil }

    func owners(ofKey key: KeyFingerprint) throws(RegistryFailure) -> Set<DeviceIdentity> {
        base.owners(ofKey: key).union(staged.values.filter { $0.record.keys.contains(key) }.map(\.record.identity))
    }

    func insert(_ record: DeviceRecord, line: Int) throws(RegistryFailure) { staged[record.identity] = (record, line) }
    func amend(_ record: DeviceRecord, line: Int) throws(RegistryFailure) { staged[record.identity] = (record, line) }

    func take(into contents: inout MemoryDeviceStore.Contents) -> [StagingConflict] {
        var conflicts: [StagingConflict] = []
        for (record, line) in staged.values.sorted(by: { $0.line < $1.line }) {
            for key in record.keys {
                guard let other = contents.owners(ofKey: key).subtracting([record.identity]).first else { continue }
                conflicts.append(StagingConflict(line: line, failure: .keyBelongsTo(other, key)))
            }
        }
        guard conflicts.isEmpty, !staged.isEmpty else { return conflicts }
        contents.revision = contents.revision.next
        for (record, _) in staged.values.sorted(by: { $0.record.identity.text < $1.record.identity.text }) {
            let now = contents.records[record.identity]
            let number = now?.number ?? DeviceNumber(rawValue: UInt32(contents.records.count + 1))
            contents.records[record.identity] = StoredRecord(
                number: number, revision: contents.revision, record: now?.record.amended(by: record) ?? record)
        }
        return []
    }
}

import PKITypes
import Synchronization

@testable import DeviceRegistry

/// A store without cleverness, to compare the others with.
final class MemoryDeviceStore: DeviceStore {
    struct Contents {
        var revision = Revision.beginning
        var records: [DeviceIdentity: StoredRecord] = [:]
        var transitions: [DeviceIdentity: [Transition]] = [:]
    }

    private let contents = Mutex(Contents())

    func write<Value>(
        _ body: (any StoreTransaction) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value {
        let change = MemoryTransaction(contents.withLock { $0 })
        let value = try body(change)
        contents.withLock { $0 = change.contents }
        return value
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
        since revision: Revision, _ body: (DecisionEntry) -> Void
    ) throws(StoreFailure) -> Revision {
        let contents = contents.withLock { $0 }
        let changed = contents.records.values.filter { $0.revision > revision }
        for stored in changed.sorted(by: { ($0.revision, $0.number) < ($1.revision, $1.number) }) { body(stored.entry) }
        return contents.revision
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

    private func put(_ stored: StoredRecord) {
        contents.records[stored.record.identity] = stored
        contents.revision = revision
    }
}

import GatewayTesting
import PKITypes
import Testing

@testable import DeviceRegistry

/// The stores that the common tests are for.
enum AnyStore: String, CaseIterable, CustomTestStringConvertible {
    case memory, sqlite

    var testDescription: String { rawValue }

    /// An empty one; the directory keeps its file.
    func empty() throws -> (store: any DeviceStore & ObservationStore, directory: TemporaryDirectory) {
        let directory = TemporaryDirectory()
        switch self {
        case .memory: return (MemoryDeviceStore(), directory)
        case .sqlite: return (try SQLiteDeviceStore(path: directory.file("registry.sqlite")), directory)
        }
    }

    func registry() throws -> (registry: Registry, directory: TemporaryDirectory) {
        let (store, directory) = try empty()
        return (Registry(store), directory)
    }
}

extension Registry {
    func entries(since revision: Revision = .beginning) throws -> (entries: [DecisionEntry], upTo: Revision) {
        var entries: [DecisionEntry] = []
        let upTo = try store.forEachEntry(since: EntryPosition(allOf: revision), limit: .max) { entries.append($0) }
        return (entries, upTo.revision)
    }

    func records(_ filter: DeviceFilter = DeviceFilter(), at now: UnixSeconds = Sample.start) throws -> [DeviceRecord] {
        var records: [DeviceRecord] = []
        try forEachRecord(matching: filter, at: now) {
            records.append($0.record)
            return true
        }
        return records
    }
}

import Synchronization
import VerificationCore

/// A file of records that lies in memory and behaves as told.
final class MemoryFile: Sendable {
    struct State {
        var octets: [UInt8] = []
        /// Offsets that are in the memory of the file system; nil: all are.
        var atHand: Set<Int>?
        var fetches = 0
        var isFull = false
        var isBroken = false
    }

    let state = Mutex(State())

    var store: RecordStore {
        RecordStore(write: { [self] span throws(RecordStorageFailure) in try write(span) }, finish: { [self] in records })
    }

    private func write(_ span: RawSpan) throws(RecordStorageFailure) {
        let octets = span.withUnsafeBytes { Array($0) }
        let isFull = state.withLock { state in
            if !state.isFull { state.octets += octets }
            return state.isFull
        }
        if isFull { throw RecordStorageFailure(reason: "full") }
    }

    var records: StoredRecords {
        StoredRecords(
            readIfAtHand: { [self] offset, room in
                state.withLock { state in
                    guard !state.isBroken, offset + room.count <= state.octets.count else { return .failed }
                    guard state.atHand?.contains(offset) ?? true else { return .notAtHand }
                    state.octets.withUnsafeBytes { room.copyMemory(from: .init(rebasing: $0[offset..<(offset + room.count)])) }
                    return .read
                }
            },
            fetch: { [self] offset, room in
                state.withLock { state in
                    state.fetches += 1
                    state.atHand?.insert(offset)
                    guard !state.isBroken, offset + room.count <= state.octets.count else { return }
                    state.octets.withUnsafeBytes { room.copyMemory(from: .init(rebasing: $0[offset..<(offset + room.count)])) }
                }
            },
            keeper: self
        )
    }
}

import Dispatch
import FileSystem
import Synchronization
import VerificationCore

/// Writes the records of a table while the next ones are put in order: copying them into the system's memory takes as long as
/// that.
final class RecordWriter: Sendable {
    /// Blocks that may wait to be written, 64 KiB each.
    private static let waitingBlocks = 16

    private struct State {
        var end: Int
        var failure: RecordStorageFailure?
    }

    private let file: PrivateFile
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "records")
    private let room = DispatchSemaphore(value: waitingBlocks)

    init(_ file: PrivateFile, from offset: Int) {
        self.file = file
        state = Mutex(State(end: offset))
    }

    func write(_ octets: RawSpan) throws(RecordStorageFailure) {
        let block = octets.withUnsafeBytes { Array($0) }
        try throwFailure()
        room.wait()
        queue.async { [self] in
            let start = state.withLock { state in
                defer { state.end += block.count }
                return state.end
            }
            do throws(FileContents.Failure) {
                try file.write(block.span.bytes, at: start)
            } catch {
                state.withLock { $0.failure = RecordStorageFailure(reason: error.reason) }
            }
            room.signal()
        }
    }

    func finish() throws(RecordStorageFailure) {
        queue.sync {}
        try throwFailure()
    }

    private func throwFailure() throws(RecordStorageFailure) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

import FileSystem
import Synchronization
import VerificationCore

/// Writes the records of a table while the next ones are made: copying them into the system's memory takes as long as that.
final class RecordWriter: Sendable {
    private struct State: Sendable {
        var end: Int
        var failure: RecordStorageFailure?
    }

    private let state: SharedState
    private let relay: BlockRelay

    private final class SharedState: Sendable {
        let value: Mutex<State>
        init(_ state: State) { value = Mutex(state) }
    }

    init(_ file: PrivateFile, from offset: Int) {
        let state = SharedState(State(end: offset))
        self.state = state
        relay = BlockRelay("records") { octets in
            let (start, hasFailed) = state.value.withLock { state in
                defer { state.end += octets.count }
                return (state.end, state.failure != nil)
            }
            // What is missing stays missing: the table is given up.
            if hasFailed { return }
            do throws(FileContents.Failure) {
                try file.write(octets.bytes, at: start)
            } catch {
                state.value.withLock { $0.failure = RecordStorageFailure(reason: error.reason) }
            }
        }
    }

    func write(_ octets: RawSpan) throws(RecordStorageFailure) {
        try throwFailure()
        relay.add(octets)
    }

    /// Everything that was added so far is in the file.
    func finish() throws(RecordStorageFailure) {
        relay.drain()
        try throwFailure()
    }

    private func throwFailure() throws(RecordStorageFailure) {
        if let failure = state.value.withLock({ $0.failure }) { throw failure }
    }
}

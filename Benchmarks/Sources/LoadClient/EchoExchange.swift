/// The arithmetic of one connection's exchange with an echo: what to send next, and when it is over. No sockets.
package struct EchoExchange {
    private let window: Int
    private let write: Int
    private var limit: Limit
    package private(set) var sent = 0
    package private(set) var received = 0

    package enum Limit: Equatable, Sendable {
        case bytes(Int)
        case untilStopped
    }

    package enum Progress: Equatable {
        case incomplete
        /// Everything sent has come back: one message of a ping-pong, or the end.
        case caughtUp
    }

    package init(window: Int, write: Int, limit: Limit) {
        precondition(window > 0 && write > 0 && write <= window, "a window holds at least one write")
        self.window = window
        self.write = write
        self.limit = limit
    }

    /// Bytes that may be sent now. A partial write of a message is completed before the next one starts.
    package var sendable: Int {
        let room = window - (sent - received)
        switch limit {
        case .bytes(let total): return min(write, room, total - sent)
        case .untilStopped:
            let unfinished = sent % write
            return min(write - unfinished, room)
        }
    }

    package var isOver: Bool {
        guard case .bytes(let total) = limit else { return false }
        return received == total
    }

    package mutating func didSend(_ count: Int) {
        precondition(count <= sendable, "sent more than the window allows")
        sent += count
    }

    /// Nil when the peer returned more than it was sent.
    package mutating func didReceive(_ count: Int) -> Progress? {
        guard received + count <= sent else { return nil }
        received += count
        return isOver || (received == sent && sent % write == 0) ? .caughtUp : .incomplete
    }

    /// The time is over: nothing new is sent, what is under way still comes back.
    package mutating func stop() {
        if limit == .untilStopped { limit = .bytes(sent) }
    }
}

/// What a run does: how many connections, what each exchanges, when it ends.
package struct LoadPlan: Sendable {
    package let mode: Mode
    /// Connections open at once.
    package let parallel: Int
    /// A connection on which nothing moves for this long has failed.
    package let timeoutNanoseconds: UInt64
    package let resumption: Resumption

    /// Whether devices come back with the session of their last connection.
    package enum Resumption: Sendable { case never, wherePossible }

    package enum Mode: Sendable, Equatable {
        /// Each connection: handshake, one message and its echo, close_notify, close.
        case handshake(connections: Int, bytes: Int)
        /// Each connection sends a message, waits for its echo and sends the next, until the time is over.
        case pingpong(bytes: Int, nanoseconds: UInt64)
        /// Each connection keeps a window of bytes under way, until the time is over.
        case stream(nanoseconds: UInt64)
        /// Each connection is silent after its handshake until the time is over; then one message proves that it still lives.
        case idle(bytes: Int, nanoseconds: UInt64)
        /// As `handshake`, with new connections until the time is over.
        case churn(bytes: Int, nanoseconds: UInt64)

        package enum Name: String, Sendable, Encodable {
            case handshake, pingpong, stream, idle, churn
        }

        package var name: Name {
            switch self {
            case .handshake: .handshake
            case .pingpong: .pingpong
            case .stream: .stream
            case .idle: .idle
            case .churn: .churn
            }
        }
    }

    package init(mode: Mode, parallel: Int, timeoutNanoseconds: UInt64, resumption: Resumption = .never) {
        precondition(parallel > 0, "a run needs a connection")
        self.resumption = resumption
        self.mode = mode
        self.parallel = parallel
        self.timeoutNanoseconds = timeoutNanoseconds
    }

    /// How many connections the run opens in all, if its time does not end it before.
    package var connections: Int {
        switch mode {
        case .handshake(let connections, _): connections
        case .pingpong, .stream, .idle: parallel
        case .churn: .max
        }
    }

    /// Bytes that a streaming connection keeps under way: enough to cover a gateway's own buffers on both sides.
    private static let streamWindowBytes = 256 * 1024

    /// Bytes offered to one `SSL_write`: one full TLS record (RFC 8446 §5.1).
    private static let streamWriteBytes = 16 * 1024

    func makeExchange() -> EchoExchange {
        switch mode {
        case .handshake(_, let bytes), .idle(let bytes, _), .churn(let bytes, _):
            EchoExchange(window: bytes, write: bytes, limit: .bytes(bytes))
        case .pingpong(let bytes, _): EchoExchange(window: bytes, write: bytes, limit: .untilStopped)
        case .stream: EchoExchange(window: Self.streamWindowBytes, write: Self.streamWriteBytes, limit: .untilStopped)
        }
    }

    /// For modes that run for a time: counted from the moment when every connection has finished its handshake.
    var durationNanoseconds: UInt64? {
        switch mode {
        case .handshake, .churn: nil
        case .pingpong(_, let nanoseconds), .stream(let nanoseconds), .idle(_, let nanoseconds): nanoseconds
        }
    }

    /// For how long new connections are opened; nil: until there were as many as planned.
    var openingNanoseconds: UInt64? { if case .churn(_, let nanoseconds) = mode { nanoseconds } else { nil } }

    /// Whether the bytes are exchanged behind the time that is measured, not within it.
    var exchangesAtTheEnd: Bool { if case .idle = mode { true } else { false } }
}

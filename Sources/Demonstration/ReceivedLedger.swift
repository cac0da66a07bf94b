import Synchronization

/// What the platforms behind the gateway received, connection by connection, in order of arrival.
final class ReceivedLedger: Sendable {
    /// Octets kept of one connection; those beyond are only counted. More than any scene sends.
    private static let keptOctets = 4 << 20

    struct Connection: Sendable {
        let platform: String
        fileprivate(set) var octets: [UInt8] = []
        fileprivate(set) var count = 0
    }

    private struct State {
        var connections: [Connection] = []
        var follower: (@Sendable (_ platform: String, _ line: String) -> Void)?
    }

    private let state = Mutex(State())

    var connections: [Connection] { state.withLock { $0.connections } }

    /// How many connections came so far.
    var mark: Int { state.withLock { $0.connections.count } }

    /// From now on every line that a platform receives is handed over, to be printed.
    func follow(_ follower: @escaping @Sendable (_ platform: String, _ line: String) -> Void) {
        state.withLock { $0.follower = follower }
    }

    func open(_ platform: String) -> Int {
        state.withLock { state in
            state.connections.append(Connection(platform: platform))
            return state.connections.count - 1
        }
    }

    func receive(_ octets: [UInt8], on connection: Int) {
        let (platform, follower) = state.withLock { state in
            state.connections[connection].count += octets.count
            let room = Self.keptOctets - state.connections[connection].octets.count
            state.connections[connection].octets += octets.prefix(room)
            return (state.connections[connection].platform, state.follower)
        }
        guard let follower else { return }
        for line in octets.split(separator: UInt8(ascii: "\n")) { follower(platform, PrintableText.line(line)) }
    }
}

/// Octets of anybody as text that a terminal only shows.
enum PrintableText {
    private static let longestLine = 100

    static func line(_ octets: some Sequence<UInt8>) -> String {
        let shown = octets.prefix(longestLine).map { (0x20...0x7e).contains($0) ? Unicode.Scalar($0) : "." }
        return String(String.UnicodeScalarView(shown))
    }
}

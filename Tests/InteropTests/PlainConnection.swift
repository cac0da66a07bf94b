import EventLoop
import GatewayTesting
import Glibc

/// A TCP (or Unix) connection without TLS that waits for what it asks.
final class PlainConnection {
    enum End: Equatable { case endOfFile, reset, nothing }

    private static let waitMilliseconds: Int32 = 10_000
    private let socket: OwnedDescriptor

    init(to address: SocketAddress) throws {
        let socket = try SystemCall.streamSocket(for: address)
        if try SystemCall.connect(socket.raw, to: address) == .inProgress {
            guard Self.wait(socket.raw, POLLOUT) else { throw SystemCallFailure(call: "connect", errno: ETIMEDOUT) }
            let code = SystemCall.pendingError(socket.raw)
            guard code == 0 else { throw SystemCallFailure(call: "connect", errno: code) }
        }
        self.socket = consume socket
    }

    static func isPossible(to address: SocketAddress) -> Bool { (try? PlainConnection(to: address)) != nil }

    /// False when the peer is gone.
    func send(_ octets: [UInt8]) -> Bool {
        octets.withUnsafeBytes { SystemCall.write(socket.raw, $0) } == .bytes(octets.count)
    }

    /// Everything that comes until the peer ends.
    func receiveAll() -> (octets: [UInt8], end: End) {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while Self.wait(socket.raw, POLLIN) {
            switch chunk.withUnsafeMutableBytes({ SystemCall.read(socket.raw, into: $0) }) {
            case .bytes(let count): all += chunk.prefix(count)
            case .endOfFile: return (all, .endOfFile)
            case .failed: return (all, .reset)
            case .wouldBlock: continue
            }
        }
        return (all, .nothing)
    }

    private static func wait(_ descriptor: Int32, _ events: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, waitMilliseconds) > 0
    }
}

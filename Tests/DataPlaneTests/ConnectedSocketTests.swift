import EventLoop
import Glibc
import Testing

@testable import DataPlane

@Suite("Accepted sockets carry the listener's options without being asked one by one")
struct ConnectedSocketTests {
    private let listening: ListeningSocket

    init() throws {
        let address = try #require(SocketAddress(ip: "127.0.0.1", port: 0))
        listening = try ListeningSocket.open(address: address, count: 1)[0]
    }

    /// The options of a connection that is made now.
    private func accepted() throws -> (noDelay: Int32, keepAlive: Int32, idle: Int32, userTimeout: Int32) {
        let device = try SystemCall.streamSocket(for: listening.address)
        _ = try SystemCall.connect(device.raw, to: listening.address)
        var waiting = pollfd(fd: listening.descriptor, events: Int16(POLLIN), revents: 0)
        try #require(poll(&waiting, 1, 5000) == 1)
        guard case .connection(let descriptor, _) = listening.accept() else { throw SystemCallFailure(call: "accept", errno: 0) }
        func value(_ level: Int32, _ name: Int32) -> Int32 {
            var (value, length) = (Int32(-1), socklen_t(MemoryLayout<Int32>.size))
            getsockopt(descriptor.raw, level, name, &value, &length)
            return value
        }
        let tcp = Int32(IPPROTO_TCP)
        return (
            value(tcp, TCP_NODELAY), value(SOL_SOCKET, SO_KEEPALIVE), value(tcp, TCP_KEEPIDLE), value(tcp, TCP_USER_TIMEOUT)
        )
    }

    @Test("a limit for dead peers, and none after a reload")
    func inherited() throws {
        try ConnectedSocket.configure(accepting: listening, deadPeerSeconds: 60)
        #expect(try accepted() == (1, 1, 15, 60_000))
        try ConnectedSocket.configure(accepting: listening, deadPeerSeconds: nil)
        let without = try accepted()
        #expect(without.noDelay == 1 && without.keepAlive == 0 && without.userTimeout == 0)
        try ConnectedSocket.configure(accepting: listening, deadPeerSeconds: 8)
        #expect(try accepted() == (1, 1, 2, 8000))
    }
}

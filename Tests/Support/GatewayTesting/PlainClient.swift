import CLinuxShims
import EventLoop
import Glibc

/// A TCP client without TLS: a scanner, a stranger, a device that was told the wrong port.
package final class PlainClient: Sendable {
    package enum Failure: Error, Equatable, Sendable {
        case refused(errno: Int32)
        case timedOut
    }

    private let peer: UpstreamPeer
    package let localAddress: SocketAddress

    package init(to address: SocketAddress, timeoutSeconds: Double = 5) throws {
        let socket = try SystemCall.streamSocket(for: address)
        do {
            if try SystemCall.connect(socket.raw, to: address) == .inProgress {
                var entry = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, Int32(timeoutSeconds * 1000)) > 0 else { throw Failure.timedOut }
                let code = SystemCall.pendingError(socket.raw)
                guard code == 0 else { throw Failure.refused(errno: code) }
            }
        } catch let failure as SystemCallFailure {
            throw Failure.refused(errno: failure.errno)
        }
        localAddress = try SystemCall.localAddress(socket.raw)
        peer = UpstreamPeer(socket) { _ in }
    }

    package func send(_ octets: [UInt8]) -> Bool { peer.send(octets) }
    package func next() -> UpstreamPeer.Next { peer.next() }
    package func closeSending() { peer.closeSending() }

    /// Everything until the other side ends.
    package func receiveAll() -> [UInt8] {
        var all: [UInt8] = []
        while let octets = peer.receive() { all += octets }
        return all
    }

    /// Whether anybody listens there.
    package static func isRefused(by address: SocketAddress) -> Bool {
        do {
            _ = try PlainClient(to: address)
            return false
        } catch {
            return error as? Failure == .refused(errno: ECONNREFUSED)
        }
    }
}

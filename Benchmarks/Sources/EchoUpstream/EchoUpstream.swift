import CLoadShims
import Glibc
import LinuxPolling

/// A TCP server that sends back what it receives; the upstream of every comparison.
package final class EchoUpstream {
    /// The port that it listens on: the one asked for, or the kernel's choice for 0.
    package let port: UInt16
    private let listener: OwnedDescriptor
    private let poller: Poller
    private var connections: [UInt64: EchoConnection] = [:]

    /// Bytes read at once: larger than a TLS record, so that an upstream read never splits what a gateway wrote in one piece.
    private static let scratchBytes = 256 * 1024
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: scratchBytes, alignment: 16)

    private static let backlog: CInt = 4096
    private static let listenerToken = UInt64.max
    private static let stopToken = UInt64.max - 1

    package init(bind address: SocketAddress) throws(SystemFailure) {
        let socket = try address.makeSocket()
        var on: CInt = 1
        setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        try address.bind(socket)
        guard listen(socket.raw, Self.backlog) == 0 else { throw SystemFailure("listen", code: errno) }
        port = Self.boundPort(of: socket)
        poller = try Poller()
        try poller.add(socket.raw, token: Self.listenerToken, interest: .read)
        listener = socket
    }

    deinit { scratch.deallocate() }

    /// Serves until `stop` becomes readable.
    package func run(until stop: CInt) throws(SystemFailure) {
        try poller.add(stop, token: Self.stopToken, interest: .read)
        while true {
            for token in try poller.wait(milliseconds: -1) {
                switch token {
                case Self.stopToken: return
                case Self.listenerToken: try acceptAll()
                default: try advance(token)
                }
            }
        }
    }

    private func acceptAll() throws(SystemFailure) {
        while true {
            let raw = CLoadShims_accept_nonblocking(listener.raw)
            guard raw >= 0 else {
                switch errno {
                case EAGAIN: return
                case ECONNABORTED, EINTR: continue
                default: throw SystemFailure("accept", code: errno)
                }
            }
            _ = CLoadShims_set_no_delay(raw)
            let connection = EchoConnection(OwnedDescriptor(adopting: raw))
            connections[UInt64(raw)] = connection
            try poller.add(raw, token: UInt64(raw), interest: .read)
        }
    }

    private func advance(_ token: UInt64) throws(SystemFailure) {
        guard let connection = connections[token] else { return }
        let before = connection.interest
        switch connection.advance(scratch) {
        case .ended: connections[token] = nil
        case .wants(let interest):
            if interest != before { try poller.change(connection.raw, token: token, interest: interest) }
        }
    }

    private static func boundPort(of socket: borrowing OwnedDescriptor) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let raw = socket.raw
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(raw, $0, &length) }
            // The port sits at the same place, in network order, in both address families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
        }
    }
}

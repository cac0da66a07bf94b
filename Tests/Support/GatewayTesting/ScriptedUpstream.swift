import CLinuxShims
import EventLoop
import Glibc
import Synchronization

/// An upstream under the test's control: takes connections on loopback, one thread each, and does with them what the test says.
package final class ScriptedUpstream: Sendable {
    package let address: SocketAddress
    private let socket: ListeningSocket
    private let accepted = Atomic<Int>(0)
    private let octets = Atomic<Int>(0)
    private let isStopped = Atomic<Bool>(false)
    /// Nobody has to stop an upstream: it ends by itself when no test can still need it. On a busy machine a test waits for
    /// minutes until its gateway has a place.
    private static let longestTest = Duration.seconds(900)

    /// - Parameters:
    ///   - address: nil is any port on loopback.
    ///   - script: runs on a thread of its own with a connection, which is closed after.
    package init(at address: SocketAddress? = nil, _ script: @escaping @Sendable (UpstreamPeer) -> Void) throws {
        guard let any = SocketAddress(ip: "127.0.0.1", port: 0) else { preconditionFailure("loopback") }
        socket = try ListeningSocket.open(address: address ?? any, count: 1)[0]
        self.address = socket.address
        _ = LoopThread.spawn(name: "upstream") { [self] in acceptLoop(script) }
    }

    package static func echo(at address: SocketAddress? = nil) throws -> ScriptedUpstream {
        try ScriptedUpstream(at: address) { peer in
            while let octets = peer.receive(), peer.send(octets) {}
        }
    }

    /// How many connections came.
    package var connections: Int { accepted.load(ordering: .acquiring) }

    /// How many octets came, over all connections.
    package var receivedOctets: Int { octets.load(ordering: .acquiring) }

    /// Takes no more connections, and gives the port back.
    package func stop() { isStopped.store(true, ordering: .releasing) }

    /// Owns the upstream while it runs: a test that only took the address need not keep the rest alive.
    private func acceptLoop(_ script: @escaping @Sendable (UpstreamPeer) -> Void) {
        let end = ContinuousClock.now + Self.longestTest
        while !isStopped.load(ordering: .acquiring), ContinuousClock.now < end {
            var entry = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 100) > 0, case .connection(let descriptor, _) = socket.accept() else { continue }
            accepted.add(1, ordering: .acquiringAndReleasing)
            let peer = UpstreamPeer(descriptor) { [weak self] in self?.octets.add($0, ordering: .acquiringAndReleasing) }
            _ = LoopThread.spawn(name: "upstream-peer") { script(peer) }
        }
    }
}

/// One connection of the gateway at an upstream. Calls wait, for 15 seconds at the most.
package final class UpstreamPeer: Sendable {
    private static let waitMilliseconds: Int32 = 15_000

    private let socket: OwnedDescriptor
    private let count: @Sendable (Int) -> Void

    init(_ socket: consuming OwnedDescriptor, count: @escaping @Sendable (Int) -> Void) {
        self.socket = socket
        self.count = count
    }

    /// Nil at the end of the stream, on a reset and when nothing comes.
    package func receive(limit: Int = 65536) -> [UInt8]? {
        guard case .octets(let octets) = next(limit: limit) else { return nil }
        return octets
    }

    package enum Next: Equatable, Sendable { case octets([UInt8]), endOfFile, failed(errno: Int32), nothing }

    package func next(limit: Int = 65536) -> Next {
        var entry = pollfd(fd: socket.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, Self.waitMilliseconds) > 0 else { return .nothing }
        var result = IOResult.wouldBlock
        let octets = [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            result = SystemCall.read(socket.raw, into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let got) = result { initialized = got }
        }
        switch result {
        case .bytes:
            count(octets.count)
            return .octets(octets)
        case .endOfFile: return .endOfFile
        case .wouldBlock: return .nothing
        case .failed(let code): return .failed(errno: code)
        }
    }

    package func send(_ octets: [UInt8]) -> Bool {
        var sent = 0
        while sent < octets.count {
            switch octets.withUnsafeBytes({ SystemCall.write(socket.raw, UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .bytes(let count): sent += count
            case .wouldBlock:
                var entry = pollfd(fd: socket.raw, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, Self.waitMilliseconds) > 0 else { return false }
            case .endOfFile, .failed: return false
            }
        }
        return true
    }

    /// A small window: what the peer writes stays in its own buffers until this one reads.
    package func limitReceiveBuffer(octets: Int32) {
        var octets = octets
        setsockopt(socket.raw, SOL_SOCKET, SO_RCVBUF, &octets, socklen_t(MemoryLayout<Int32>.size))
    }

    package func closeSending() { SystemCall.shutdownWrite(socket.raw) }

    /// The gateway will read RST when this peer goes.
    package func resetOnClose() { try? SocketOption.resetOnClose.apply(to: socket.raw) }
}

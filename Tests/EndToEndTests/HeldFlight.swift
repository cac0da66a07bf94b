import EventLoop
import GatewayTesting
import Glibc
import PKITypes
import Synchronization
import Testing

/// A wire between one device and the gateway on which the end of the device's second flight is held back: the gateway has its
/// certificate, and not yet its Finished.
final class HeldFlight: Sendable {
    /// Less than a Finished message takes (RFC 8446 §4.4.4).
    private static let heldOctets = 16

    let address: SocketAddress
    private let released = Atomic(false)
    private let holds = Atomic(false)

    var isHolding: Bool { holds.load(ordering: .acquiring) }
    var isReleased: Bool { released.load(ordering: .acquiring) }

    init(to gateway: SocketAddress) throws {
        let loopback = try #require(SocketAddress(ip: "127.0.0.1", port: 0))
        let listener = try ListeningSocket.open(address: loopback, count: 1)[0]
        address = listener.address
        _ = LoopThread.spawn(name: "wire") { [self] in
            guard let device = Self.accept(listener), let server = try? SystemCall.streamSocket(for: gateway) else { return }
            _ = try? SystemCall.connect(server.raw, to: gateway)
            relay(device.raw, server.raw)
        }
    }

    func release() { released.store(true, ordering: .releasing) }

    private static func accept(_ listener: ListeningSocket) -> OwnedDescriptor? {
        for _ in 0..<5000 {
            if case .connection(let descriptor, _) = listener.accept() { return descriptor }
            usleep(1000)
        }
        return nil
    }

    /// Both sockets are non-blocking; what is read is little and always fits.
    private func relay(_ device: Int32, _ server: Int32) {
        var held: [UInt8] = []
        var sawServer = false
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if let octets = Self.read(server) {
                guard !octets.isEmpty else { return }
                sawServer = true
                Self.write(octets, to: device)
            }
            if let octets = Self.read(device) {
                guard !octets.isEmpty else { return }
                held += octets
                // The first flight goes through; of what answers the server's, the end is held.
                let kept = sawServer && !isReleased ? Self.heldOctets : 0
                Self.write(Array(held.dropLast(kept)), to: server)
                held = Array(held.suffix(kept))
                if kept > 0 { holds.store(true, ordering: .releasing) }
            } else if isReleased, !held.isEmpty {
                Self.write(held, to: server)
                held = []
            }
            usleep(500)
        }
    }

    /// Nil: nothing has come. Empty: the end.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: 64 << 10)
        switch octets.withUnsafeMutableBytes({ SystemCall.read(descriptor, into: $0) }) {
        case .bytes(let count): return Array(octets.prefix(count))
        case .wouldBlock: return nil
        case .endOfFile, .failed: return []
        }
    }

    private static func write(_ octets: [UInt8], to descriptor: Int32) {
        _ = octets.withUnsafeBytes { SystemCall.write(descriptor, $0) }
    }
}

import EventLoop
import Glibc
import Testing

@testable import DataPlane

@Suite("The last moments of a refused device's socket")
struct LingerTests {
    /// Both ends of a connection.
    private struct Pair: ~Copyable {
        let near: OwnedDescriptor
        let far: OwnedDescriptor

        init() {
            var ends: [Int32] = [-1, -1]
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
            precondition(socketpair(AF_UNIX, kind, 0, &ends) == 0)
            near = OwnedDescriptor(adopting: ends[0])
            far = OwnedDescriptor(adopting: ends[1])
        }
    }

    private static func withScratch<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16, body)
    }

    @Test("It waits while the device is silent, and ends when the device closes")
    func untilClosed() {
        let pair = Pair()
        let (near, far) = (pair.near.raw, pair.far.raw)
        var discarded = 0
        Self.withScratch { scratch in
            #expect(Linger.discard(near, scratch: scratch, discarded: &discarded) == .waiting)
            #expect([UInt8](repeating: 1, count: 5000).withUnsafeBytes { SystemCall.write(far, $0) } == .bytes(5000))
            #expect(Linger.discard(near, scratch: scratch, discarded: &discarded) == .waiting)
            #expect(discarded == 5000)
            SystemCall.shutdownWrite(far)
            #expect(Linger.discard(near, scratch: scratch, discarded: &discarded) == .done)
        }
        _ = consume pair
    }

    @Test("A device that sends on is let go after a bounded number of octets")
    func bounded() {
        let pair = Pair()
        let (near, far) = (pair.near.raw, pair.far.raw)
        var discarded = 0
        var sent = 0
        let octets = [UInt8](repeating: 1, count: 32 << 10)
        Self.withScratch { scratch in
            var progress = Linger.Progress.waiting
            while progress == .waiting, sent < Linger.octetLimit * 4 {
                if case .bytes(let count) = octets.withUnsafeBytes({ SystemCall.write(far, $0) }) { sent += count }
                progress = Linger.discard(near, scratch: scratch, discarded: &discarded)
            }
            #expect(progress == .done)
        }
        #expect(discarded >= Linger.octetLimit)
        #expect(discarded < Linger.octetLimit + 4096)
        _ = consume pair
    }
}

import Glibc
import Synchronization

/// A TCP port on the loopback address that nobody uses, for programs that cannot be told "any port" and then asked which.
///
/// Below the range from which the kernel gives ports to whoever asks for any (32768 and above), and each one once: what the
/// other tests open meanwhile is elsewhere. Prefer port 0 wherever a program supports it.
package enum EphemeralPort {
    private static let range: Range<UInt32> = 20_000..<32_000
    /// Begins anywhere, so that two test runs on one machine seldom meet.
    private static let next = Atomic(UInt32.random(in: 0..<12_000))

    package static func reserve() -> UInt16 {
        for _ in range {
            let turn = next.add(1, ordering: .relaxed).oldValue % UInt32(range.count)
            let port = UInt16(range.lowerBound + turn)
            if isFree(port) { return port }
        }
        preconditionFailure("no free loopback port from \(range.lowerBound) on")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket: \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

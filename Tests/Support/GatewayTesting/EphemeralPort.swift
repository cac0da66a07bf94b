import Glibc

/// A TCP port on the loopback address that nobody used a moment ago, for programs that cannot be told "any port" and then
/// asked which. Another process may take it before the program binds: prefer port 0 wherever a program supports it.
package enum EphemeralPort {
    package static func reserve() -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        precondition(descriptor >= 0, "no socket: \(String(cString: strerror(errno)))")
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
            }
        }
        precondition(isBound, "no free loopback port: \(String(cString: strerror(errno)))")
        return UInt16(bigEndian: address.sin_port)
    }
}

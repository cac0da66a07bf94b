import CLinuxShims
import Glibc

/// Names to addresses. For the control plane only: it may block for as long as the resolver's timeouts.
package enum NameResolution {
    package struct Failure: Error, Hashable, CustomStringConvertible {
        package let host: String
        package let reason: String
        package var description: String { "\(host): \(reason)" }

        package init(host: String, reason: String) {
            self.host = host
            self.reason = reason
        }
    }

    /// Addresses of both families, in the order of preference of RFC 6724.
    package static func resolve(host: String, port: UInt16) throws(Failure) -> [SocketAddress] {
        if let address = SocketAddress(ip: host, port: port) { return [address] }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &first)
        guard code == 0, let first else { throw Failure(host: host, reason: reason(code)) }
        defer { freeaddrinfo(first) }

        var addresses: [SocketAddress] = []
        for entry in sequence(first: first, next: { $0.pointee.ai_next }) {
            guard let address = copy(entry.pointee), !addresses.contains(address) else { continue }
            addresses.append(address)
        }
        guard !addresses.isEmpty else { throw Failure(host: host, reason: "no address") }
        return addresses
    }

    private static func copy(_ entry: addrinfo) -> SocketAddress? {
        guard let source = entry.ai_addr, Int(entry.ai_addrlen) <= MemoryLayout<sockaddr_storage>.size else { return nil }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: source, count: Int(entry.ai_addrlen)))
        }
        return SocketAddress(storage: storage, length: entry.ai_addrlen)
    }

    private static func reason(_ code: Int32) -> String {
        if code == EAI_SYSTEM { return SystemCallFailure.text(of: errno) }
        return gai_strerror(code).map { String(cString: $0) } ?? "resolver error \(code)"
    }
}

import Glibc

/// An IPv4, IPv6 or unix-domain address of a stream socket.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// A connection keeps several addresses, and `sockaddr_storage` has 128 octets, of which only a path needs more than 28.
    private enum Storage: Sendable {
        case ip(sockaddr_in6, length: UInt8)
        case path([UInt8])
    }

    private let storage: Storage

    init(storage: sockaddr_storage, length: socklen_t) {
        // The kernel tells the full length of an address that it had to cut.
        let length = min(Int(length), MemoryLayout<sockaddr_storage>.size)
        self.storage = withUnsafeBytes(of: storage) { bytes in
            guard length <= MemoryLayout<sockaddr_in6>.size else { return .path(Array(bytes.prefix(length))) }
            return .ip(bytes.load(as: sockaddr_in6.self), length: UInt8(length))
        }
    }

    /// An IP address in text, without brackets or zone. Nil when it is none: names are `NameResolution`'s.
    package init?(ip: String, port: UInt16) {
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if inet_pton(AF_INET, ip, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            self.init(bytesOf: v4)
        } else if inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1 {
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            self.init(bytesOf: v6)
        } else {
            return nil
        }
    }

    /// Bytes of a path that fit into `sun_path` beside the terminating zero (unix(7)).
    package static let unixPathLimit = 107

    /// A socket in the file system. Nil when the path is empty, holds a zero byte or is longer than `unixPathLimit`.
    package init?(unixPath: String) {
        let path = Array(unixPath.utf8)
        guard !path.isEmpty, path.count <= Self.unixPathLimit, !path.contains(0) else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        self.init(bytesOf: address)
    }

    private init<Address>(bytesOf address: Address) {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
        self.init(storage: storage, length: socklen_t(MemoryLayout<Address>.size))
    }

    package var family: sa_family_t { withBytes { $0.loadUnaligned(as: sa_family_t.self) } }
    package var isIPv6: Bool { family == sa_family_t(AF_INET6) }

    /// Nil for a unix socket.
    package var port: UInt16? {
        switch Int32(family) {
        case AF_INET: UInt16(bigEndian: view(as: sockaddr_in.self).sin_port)
        case AF_INET6: UInt16(bigEndian: view(as: sockaddr_in6.self).sin6_port)
        default: nil
        }
    }

    /// Four or sixteen octets in network order; nil for a unix socket. An IPv4 peer of a dual-stack socket has the
    /// four octets of its IPv4 address (RFC 4291 §2.5.5.2).
    package var ipOctets: [UInt8]? {
        switch Int32(family) {
        case AF_INET:
            return withUnsafeBytes(of: view(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6:
            let octets = withUnsafeBytes(of: view(as: sockaddr_in6.self).sin6_addr) { Array($0) }
            let isMapped = octets.prefix(10).allSatisfy { $0 == 0 } && octets[10] == 0xff && octets[11] == 0xff
            return isMapped ? Array(octets.suffix(4)) : octets
        default:
            return nil
        }
    }

    /// Nil for an IP address, empty for a unix socket without a name (the usual client).
    package var unixPath: String? {
        guard Int32(family) == AF_UNIX else { return nil }
        let header = MemoryLayout<sa_family_t>.size
        return withBytes { String(decoding: $0.dropFirst(header).prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// Whether bytes to this address stay on this machine. A unix socket's do.
    package var isLoopback: Bool {
        guard let octets = ipOctets else { return Int32(family) == AF_UNIX }
        return octets.count == 4 ? octets[0] == 127 : octets == Array(repeating: 0, count: 15) + [1]
    }

    /// `10.0.0.1:5000`, `[::1]:80`, `unix:/path`.
    package var description: String {
        if let unixPath { return "unix:\(unixPath)" }
        guard let octets = ipOctets, let port else { return "unspecified" }
        let family = octets.count == 4 ? AF_INET : AF_INET6
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let written = inet_ntop(family, octets, &text, socklen_t(text.count))
        precondition(written != nil, "an address of \(octets.count) octets has no text")
        let host = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return octets.count == 4 ? "\(host):\(port)" : "[\(host)]:\(port)"
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withBytes { bytes in
            // Never empty: a family is in each.
            bytes.withMemoryRebound(to: sockaddr.self) { body($0.baseAddress!, socklen_t(bytes.count)) }
        }
    }

    /// Of an IP address.
    private func view<Address>(as type: Address.Type) -> Address {
        guard case .ip(let address, _) = storage else { preconditionFailure("a path is no \(type)") }
        return withUnsafeBytes(of: address) { $0.load(as: type) }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch storage {
        case .ip(let address, let length):
            withUnsafeBytes(of: address) { body(UnsafeRawBufferPointer(rebasing: $0.prefix(Int(length)))) }
        case .path(let octets): octets.withUnsafeBytes(body)
        }
    }

    package static func == (left: SocketAddress, right: SocketAddress) -> Bool {
        left.withBytes { left in right.withBytes { left.elementsEqual($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

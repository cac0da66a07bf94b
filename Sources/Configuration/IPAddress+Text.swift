import Glibc
import PKITypes

extension IPAddress {
    /// A literal address without brackets, port or scope; nil for anything else, names included.
    package init?(text: String) {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(octets: withUnsafeBytes(of: &four) { Array($0) })
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(octets: withUnsafeBytes(of: &six) { Array($0) })
    }

    /// The canonical text (RFC 5952 for IPv6).
    package var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let written = octets.withUnsafeBytes { octets in
            inet_ntop(family == .v4 ? AF_INET : AF_INET6, octets.baseAddress, &buffer, socklen_t(buffer.count))
        }
        precondition(written != nil, "the buffer holds every address")
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var isLoopback: Bool {
        switch family {
        case .v4: octets[0] == 127
        case .v6: octets.dropLast().allSatisfy { $0 == 0 } && octets[15] == 1
        }
    }
}

extension NetworkPrefix {
    /// As it is written in the configuration.
    package var text: String { "\(address.text)/\(length)" }
}

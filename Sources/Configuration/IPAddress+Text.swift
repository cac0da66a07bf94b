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

    var isLoopback: Bool {
        switch family {
        case .v4: octets[0] == 127
        case .v6: octets.dropLast().allSatisfy { $0 == 0 } && octets[15] == 1
        }
    }
}

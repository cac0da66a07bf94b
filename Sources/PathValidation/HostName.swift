/// A DNS name (RFC 1123 §2.1) in lower case, perhaps with a wildcard for its first label.
struct HostName: Hashable, Sendable {
    enum Wildcard { case refused, allowed }

    /// Without the wildcard; flat, because a hostile certificate has thousands of them.
    private let octets: [UInt8]
    private let hasWildcard: Bool

    /// Letters, digits, inner hyphens and underscores (which hosts have though RFC 1123 does not know them). No trailing dot:
    /// it spells a name a second way.
    init?(_ text: some Collection<UInt8>, wildcard: Wildcard = .refused) {
        guard text.count <= Self.maximumOctets else { return nil }
        let octets = text.map(Self.lowerCase)
        hasWildcard = wildcard == .allowed && octets.starts(with: "*.".utf8)
        self.octets = hasWildcard ? Array(octets.dropFirst(2)) : octets
        guard Self.areLabels(self.octets) else { return nil }
    }

    /// A last label of digits makes it an address (RFC 1123 §2.1).
    var isAddress: Bool { octets.reversed().prefix { $0 != Self.dot }.allSatisfy { (0x30...0x39).contains($0) } }

    func isWhollyBelow(_ base: HostName) -> Bool {
        octets.count == base.octets.count ? octets == base.octets : isStrictlyBelow(base)
    }

    func isStrictlyBelow(_ base: HostName) -> Bool {
        let rest = octets.count - base.octets.count
        return rest > 0 && octets[rest - 1] == Self.dot && octets[rest...].elementsEqual(base.octets)
    }

    func isPartlyBelow(_ base: HostName) -> Bool {
        if isWhollyBelow(base) { return true }
        // One label stands where the wildcard is, so a base of one label more can be hit.
        guard hasWildcard, let firstDot = base.octets.firstIndex(of: Self.dot) else { return false }
        return base.octets[(firstDot + 1)...].elementsEqual(octets)
    }

    private static let dot = UInt8(ascii: ".")
    /// RFC 1035 §2.3.4: 255 octets on the wire, of which two are not text.
    private static let maximumOctets = 253
    /// RFC 1035 §2.3.4.
    private static let maximumLabelOctets = 63

    private static func areLabels(_ octets: [UInt8]) -> Bool {
        var start = 0
        while let end = octets[start...].firstIndex(of: dot) {
            guard isLabel(octets[start..<end]) else { return false }
            start = end + 1
        }
        return isLabel(octets[start...])
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= maximumLabelOctets else { return false }
        let hyphen = UInt8(ascii: "-")
        guard first != hyphen, last != hyphen else { return false }
        return label.allSatisfy { octet in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet) || (0x30...0x39).contains(octet) || octet == hyphen
                || octet == UInt8(ascii: "_")
        }
    }

    private static func lowerCase(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}

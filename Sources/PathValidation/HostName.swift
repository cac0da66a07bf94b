/// A DNS name (RFC 1123 §2.1) in lower case, perhaps with a wildcard for its first label.
struct HostName: Hashable {
    enum Wildcard { case refused, allowed }

    /// The first label first; without the wildcard.
    private let labels: [[UInt8]]
    private let hasWildcard: Bool

    /// Letters, digits, inner hyphens and underscores (which hosts have though RFC 1123 does not know them). No trailing dot:
    /// it spells a name a second way.
    init?(_ text: some Collection<UInt8>, wildcard: Wildcard = .refused) {
        guard text.count <= Self.maximumOctets else { return nil }
        var labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { $0.map(Self.lowerCase) }
        hasWildcard = wildcard == .allowed && labels.count > 1 && labels[0] == [UInt8(ascii: "*")]
        if hasWildcard { labels.removeFirst() }
        guard labels.allSatisfy(Self.isLabel) else { return nil }
        self.labels = labels
    }

    /// A last label of digits makes it an address (RFC 1123 §2.1).
    var isAddress: Bool { labels.last.map { $0.allSatisfy { (0x30...0x39).contains($0) } } ?? false }

    func isWhollyBelow(_ base: HostName) -> Bool {
        labels.count >= base.labels.count && labels.suffix(base.labels.count).elementsEqual(base.labels)
    }

    func isStrictlyBelow(_ base: HostName) -> Bool { labels.count > base.labels.count && isWhollyBelow(base) }

    func isPartlyBelow(_ base: HostName) -> Bool {
        if isWhollyBelow(base) { return true }
        // One label stands where the wildcard is, so a base of one label more can be hit.
        return hasWildcard && base.labels.count == labels.count + 1 && base.labels.dropFirst().elementsEqual(labels)
    }

    /// RFC 1035 §2.3.4: 255 octets on the wire, of which two are not text.
    private static let maximumOctets = 253
    /// RFC 1035 §2.3.4.
    private static let maximumLabelOctets = 63

    private static func isLabel(_ label: [UInt8]) -> Bool {
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

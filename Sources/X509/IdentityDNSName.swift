/// The rules for a DNS name that names a device.
enum IdentityDNSName {
    /// Lower-case letters, digits and inner hyphens in labels (RFC 1123 §2.1). A wildcard names many, a trailing dot or an
    /// upper-case letter spells a name a second way, a last label of digits is an address.
    static func checked(_ text: String) throws(IdentityFailure) -> String {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= maximumOctets, labels.allSatisfy(isLabel), let last = labels.last, !last.allSatisfy(isDigit)
        else { throw .malformed }
        return text
    }

    /// RFC 1035 §2.3.4: 255 octets on the wire, of which two are not text.
    private static let maximumOctets = 253
    /// RFC 1035 §2.3.4.
    private static let maximumLabelOctets = 63

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard let first = label.first, let last = label.last, label.count <= maximumLabelOctets else { return false }
        let hyphen = UInt8(ascii: "-")
        guard first != hyphen, last != hyphen else { return false }
        return label.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || isDigit($0) || $0 == hyphen }
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
}

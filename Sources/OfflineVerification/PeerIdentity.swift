import Glibc
import X509

/// A name that the leaf must carry in its subjectAltName. The common name is never consulted (RFC 9525 §2).
package struct PeerIdentity: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable { case dns = "DNS", ip = "IP", rfc822 = "RFC822" }

    package let kind: Kind
    package let value: String

    package init(kind: Kind, value: String) {
        self.kind = kind
        self.value = value
    }

    /// `KIND:VALUE`; nil for an unknown kind or without a value.
    package init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let kind = Kind(rawValue: parts[0].uppercased()) else { return nil }
        self.init(kind: kind, value: String(parts[1]))
    }

    package func isNamed(by names: [SubjectAlternativeName]) -> Bool { names.contains(where: isNamed) }

    private func isNamed(by name: SubjectAlternativeName) -> Bool {
        switch (kind, name) {
        case (.dns, .dns(let presented)): Self.dnsName(value, isCoveredBy: presented)
        case (.ip, .ip(let octets)): Self.octets(ofAddress: value) == octets
        case (.rfc822, .rfc822(let mailbox)): Self.isSameMailbox(value, mailbox)
        case (.dns, _), (.ip, _), (.rfc822, _): false
        }
    }

    /// Letters compare without case (RFC 4343). `*` stands for one whole leftmost label and nothing less (RFC 9525 §6.3), and
    /// not above a name of a single label: nobody holds a whole top-level domain.
    private static func dnsName(_ wanted: String, isCoveredBy presented: String) -> Bool {
        guard let wanted = labels(wanted), !wanted.contains(where: { $0.contains(UInt8(ascii: "*")) }) else { return false }
        guard let presented = labels(presented), presented.count == wanted.count else { return false }
        guard presented[0] == [UInt8(ascii: "*")] else { return presented == wanted }
        return presented.count > 2 && presented.dropFirst().elementsEqual(wanted.dropFirst())
    }

    /// Lower-case labels; nil unless every one has something in it and the last is not a number, as an address's is.
    private static func labels(_ name: String) -> [[UInt8]]? {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { $0.map(lowerCase) }
        guard let last = labels.last, !labels.contains([]), !last.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return labels
    }

    /// The local part belongs to its host and compares exactly; the host is a DNS name (RFC 5280 §7.5).
    private static func isSameMailbox(_ left: String, _ right: String) -> Bool {
        guard let left = mailbox(left), let right = mailbox(right) else { return false }
        return left == right
    }

    private static func mailbox(_ text: String) -> [[UInt8]]? {
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = Array(text.utf8[..<at])
        let host = text.utf8[text.utf8.index(after: at)...].map(lowerCase)
        return local.isEmpty || host.isEmpty ? nil : [local, host]
    }

    private static func octets(ofAddress text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &octets) == 1 { return octets }
        }
        return nil
    }

    private static func lowerCase(_ octet: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) ? octet | 0x20 : octet
    }
}

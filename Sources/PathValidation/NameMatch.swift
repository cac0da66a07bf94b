import PKITypes
import X509

/// Whether a name lies in a subtree of its own form.
enum NameMatch {
    enum Answer { case inside, outside, notApplicable }

    /// All that the name stands for lies in the subtree.
    static func permitted(_ name: SubjectAlternativeName, by subtree: ConstrainedName) -> Answer {
        answer(name, subtree) { $0.isWhollyBelow($1) }
    }

    /// Something that the name stands for lies in the subtree: a wildcard may reach into it.
    static func excluded(_ name: SubjectAlternativeName, by subtree: ConstrainedName) -> Answer {
        answer(name, subtree) { $0.isPartlyBelow($1) }
    }

    private static func answer(
        _ name: SubjectAlternativeName, _ subtree: ConstrainedName, dns: (HostName, HostName) -> Bool
    ) -> Answer {
        switch (name, subtree) {
        case (.dns(let text), .dns(let base)):
            guard let name = HostName(text.utf8, wildcard: .allowed) else { return .notApplicable }
            // An empty base is the root of all names.
            if base.isEmpty { return .inside }
            guard let base = HostName(base) else { return .notApplicable }
            return dns(name, base) ? .inside : .outside
        case (.rfc822(let text), .rfc822(let base)): return mailbox(text, base)
        case (.uri(let text), .uri(let base)): return uri(text, base)
        case (.ip(let octets), .ip(let address, let mask)):
            guard octets.count == address.count else { return .outside }
            return octets.indices.allSatisfy { (octets[$0] ^ address[$0]) & mask[$0] == 0 } ? .inside : .outside
        case (.directoryName(let name), .directoryName(let base)):
            // Each relative name in the canonical form is as long as it says, so that a common start ends between two of them.
            return name.canonical.starts(with: base.canonical) ? .inside : .outside
        default:
            // Forms that nothing here compares, and subtrees that cannot be applied.
            return .notApplicable
        }
    }

    /// A base is one mailbox (`a@host`), every mailbox of a host (`host`), or every mailbox below a domain (`.domain`).
    private static func mailbox(_ text: String, _ base: [UInt8]) -> Answer {
        guard let (local, host) = mailboxParts(Array(text.utf8)) else { return .notApplicable }
        if base.contains(UInt8(ascii: "@")) {
            guard let (baseLocal, baseHost) = mailboxParts(base) else { return .notApplicable }
            // The local part belongs to its host and compares exactly (§7.5).
            return local == baseLocal && host == baseHost ? .inside : .outside
        }
        return self.host(host, base)
    }

    /// One @, something before it without spaces, a host after it. A quoted local part may hold more and is not read.
    private static func mailboxParts(_ text: [UInt8]) -> (local: [UInt8], host: HostName)? {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }),
            let host = HostName(parts[1])
        else { return nil }
        return (Array(parts[0]), host)
    }

    /// `scheme://host[:port][/…]` with a host that is a name; a URI without one must be refused (§4.2.1.10). So is one with a
    /// user before the host, or a query right after it: readers differ about where such a host begins and ends (OpenSSL takes
    /// both for part of it), and a name must not mean another host to the next one.
    private static func uri(_ text: String, _ base: [UInt8]) -> Answer {
        let octets = Array(text.utf8)
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), octets[(colon + 1)...].starts(with: "//".utf8) else {
            return .notApplicable
        }
        let authority = octets[(colon + 3)...].prefix { $0 != UInt8(ascii: "/") }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        let port = authority[host.endIndex...].dropFirst()
        guard port.allSatisfy({ (0x30...0x39).contains($0) }), let name = HostName(host), !name.isAddress else {
            return .notApplicable
        }
        return self.host(name, base)
    }

    /// `.domain` stands for every host below it, `host` for itself.
    private static func host(_ name: HostName, _ base: [UInt8]) -> Answer {
        if base.first == UInt8(ascii: ".") {
            guard let domain = HostName(base.dropFirst()) else { return .notApplicable }
            return name.labelCount > domain.labelCount && name.isWhollyBelow(domain) ? .inside : .outside
        }
        guard let base = HostName(base) else { return .notApplicable }
        return name == base ? .inside : .outside
    }
}

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

    var labelCount: Int { labels.count + (hasWildcard ? 1 : 0) }

    /// A last label of digits makes it an address (RFC 1123 §2.1).
    var isAddress: Bool { labels.last.map { $0.allSatisfy { (0x30...0x39).contains($0) } } ?? false }

    func isWhollyBelow(_ base: HostName) -> Bool {
        labels.count >= base.labels.count && labels.suffix(base.labels.count).elementsEqual(base.labels)
    }

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

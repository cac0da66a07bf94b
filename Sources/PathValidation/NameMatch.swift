import PKITypes
import X509

/// A name of a certificate, taken apart once for all the subtrees that it is compared with.
struct ComparableName {
    enum Value {
        case dns(HostName)
        case mailbox(Mailbox)
        case uri(host: HostName)
        case ip([UInt8])
        case directoryName(DistinguishedName)
        /// Malformed, or of a form that nothing here compares.
        case incomparable
    }

    let form: NameForm
    let value: Value

    init(_ name: SubjectAlternativeName) {
        form = name.form
        switch name {
        case .dns(let text): value = HostName(text.utf8, wildcard: .allowed).map(Value.dns) ?? .incomparable
        case .rfc822(let text): value = Mailbox(Array(text.utf8)).map(Value.mailbox) ?? .incomparable
        case .uri(let text): value = HostName(ofURI: Array(text.utf8)).map(Value.uri) ?? .incomparable
        case .ip(let octets): value = .ip(octets)
        case .directoryName(let name): value = .directoryName(name)
        case .registeredID, .otherName, .other: value = .incomparable
        }
    }
}

/// A subtree of names, its base taken apart once.
struct NameSubtree: Sendable {
    private enum Base: Sendable {
        /// An empty DNS name: the root of all.
        case everyHost
        case dns(HostName)
        case mailbox(Mailbox)
        case host(HostName)
        /// Every host below, without the domain itself.
        case domain(HostName)
        case ip(address: [UInt8], mask: [UInt8])
        case directoryName(DistinguishedName)
        case inapplicable
    }

    enum Answer { case inside, outside, notApplicable }

    /// For a permitted subtree, all that a wildcard stands for must lie in it; for an excluded one, any of it is too much.
    enum Side { case permitted, excluded }

    let form: NameForm
    private let base: Base

    init(_ constraint: ConstrainedName) {
        form = constraint.form
        switch constraint {
        case .dns(let text): base = text.isEmpty ? .everyHost : HostName(text).map(Base.dns) ?? .inapplicable
        case .rfc822(let text):
            base = text.contains(UInt8(ascii: "@")) ? Mailbox(text).map(Base.mailbox) ?? .inapplicable : Self.hosts(text)
        case .uri(let text): base = Self.hosts(text)
        case .ip(let address, let mask): base = .ip(address: address, mask: mask)
        case .directoryName(let name): base = .directoryName(name)
        case .inapplicable: base = .inapplicable
        }
    }

    /// `.domain` stands for every host below it, `host` for itself.
    private static func hosts(_ text: [UInt8]) -> Base {
        text.first == UInt8(ascii: ".")
            ? HostName(text.dropFirst()).map(Base.domain) ?? .inapplicable : HostName(text).map(Base.host) ?? .inapplicable
    }

    /// - Parameter name: of this subtree's form.
    func judge(_ name: ComparableName, as side: Side) -> Answer {
        switch (name.value, base) {
        case (.dns, .everyHost): .inside
        case (.dns(let name), .dns(let base)):
            (side == .permitted ? name.isWhollyBelow(base) : name.isPartlyBelow(base)) ? .inside : .outside
        case (.mailbox(let mailbox), .mailbox(let base)): mailbox == base ? .inside : .outside
        case (.mailbox(let mailbox), .host(let host)): mailbox.host == host ? .inside : .outside
        case (.mailbox(let mailbox), .domain(let domain)): mailbox.host.isStrictlyBelow(domain) ? .inside : .outside
        case (.uri(let name), .host(let host)): name == host ? .inside : .outside
        case (.uri(let name), .domain(let domain)): name.isStrictlyBelow(domain) ? .inside : .outside
        case (.ip(let octets), .ip(let address, let mask)): Self.isInRange(octets, address, mask) ? .inside : .outside
        case (.directoryName(let name), .directoryName(let base)):
            // Each relative name in the canonical form is as long as it says, so that a common start ends between two of them.
            name.canonical.starts(with: base.canonical) ? .inside : .outside
        default: .notApplicable
        }
    }

    private static func isInRange(_ octets: [UInt8], _ address: [UInt8], _ mask: [UInt8]) -> Bool {
        octets.count == address.count && octets.indices.allSatisfy { (octets[$0] ^ address[$0]) & mask[$0] == 0 }
    }
}

/// A mailbox: one @, something before it without spaces, a host after it. A quoted local part may hold more and is not read.
struct Mailbox: Hashable, Sendable {
    /// It belongs to its host and compares exactly (RFC 5280 §7.5).
    let local: [UInt8]
    let host: HostName

    init?(_ text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") }),
            let host = HostName(parts[1])
        else { return nil }
        local = Array(parts[0])
        self.host = host
    }
}

extension HostName {
    /// Of `scheme://host[:port][/…]`, where the host is a name; a URI without one must be refused (RFC 5280 §4.2.1.10). So is
    /// one with a user before the host, or a query right after it: readers differ about where such a host begins and ends
    /// (OpenSSL takes both for part of it), and a name must not mean another host to the next one.
    init?(ofURI octets: [UInt8]) {
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), octets[(colon + 1)...].starts(with: "//".utf8) else {
            return nil
        }
        let authority = octets[(colon + 3)...].prefix { $0 != UInt8(ascii: "/") }
        let host = authority.prefix { $0 != UInt8(ascii: ":") }
        let port = authority[host.endIndex...].dropFirst()
        guard port.allSatisfy({ (0x30...0x39).contains($0) }), let name = HostName(host), !name.isAddress else { return nil }
        self = name
    }
}

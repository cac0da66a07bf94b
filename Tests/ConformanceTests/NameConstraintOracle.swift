/// Names and subtrees as text, and RFC 5280 §4.2.1.10 read word by word: slow, plain, and sharing nothing with the engine.
enum ConstrainableName: Hashable, CustomStringConvertible {
    case dns(String)
    case email(String)
    case uri(String)
    /// An address, or an address and its mask.
    case ip([UInt8])
    /// Relative names as `O=Hospital`, the most general first.
    case directory([String])

    var form: Int {
        switch self {
        case .dns: 2
        case .email: 1
        case .uri: 6
        case .ip: 7
        case .directory: 4
        }
    }

    var description: String {
        switch self {
        case .dns(let text): "dns '\(text)'"
        case .email(let text): "email '\(text)'"
        case .uri(let text): "uri '\(text)'"
        case .ip(let octets): "ip \(octets.map { "\($0)" }.joined(separator: "."))"
        case .directory(let parts): "directory \(parts.joined(separator: ","))"
        }
    }
}

struct NameConstraintOracle: Hashable, CustomStringConvertible {
    var permitted: [ConstrainableName] = []
    var excluded: [ConstrainableName] = []

    var description: String { "permitted \(permitted), excluded \(excluded)" }

    func allows(_ names: [ConstrainableName]) -> Bool { names.allSatisfy(allows) }

    /// "Any name matching a restriction in the excludedSubtrees field is invalid regardless of information appearing in the
    /// permittedSubtrees." What cannot be read, name or base, is neither safely inside nor safely outside.
    private func allows(_ name: ConstrainableName) -> Bool {
        let permitted = permitted.filter { $0.form == name.form }
        let excluded = excluded.filter { $0.form == name.form }
        guard !permitted.isEmpty || !excluded.isEmpty else { return true }
        guard Self.isReadable(name), (permitted + excluded).allSatisfy(Self.isUsable) else { return false }
        let isExcluded = excluded.contains { base in Self.instances(of: name, near: base).contains { Self.lies($0, in: base) } }
        let isPermitted = permitted.contains { base in Self.instances(of: name, near: nil).allSatisfy { Self.lies($0, in: base) }
        }
        return !isExcluded && (permitted.isEmpty || isPermitted)
    }

    // MARK: One name in one subtree

    private static func lies(_ name: ConstrainableName, in base: ConstrainableName) -> Bool {
        switch (name, base) {
        // "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side of the name".
        case (.dns(let name), .dns(let base)):
            return base.isEmpty || name.lowercased() == base.lowercased() || name.lowercased().hasSuffix("." + base.lowercased())
        case (.email(let name), .email(let base)):
            let (local, host) = (mailbox(name)?.local ?? "", mailbox(name)?.host ?? "")
            if let box = mailbox(base) { return local == box.local && host == box.host }
            return isHost(host, in: base)
        case (.uri(let name), .uri(let base)): return isHost(host(ofURI: name) ?? "", in: base)
        case (.ip(let name), .ip(let base)):
            return name.count * 2 == base.count
                && name.indices.allSatisfy { name[$0] & base[name.count + $0] == base[$0] & base[name.count + $0] }
        case (.directory(let name), .directory(let base)): return name.map(folded).starts(with: base.map(folded))
        default: return false
        }
    }

    /// "When the constraint begins with a period, it MAY be expanded with one or more labels"; else it is a host.
    private static func isHost(_ host: String, in base: String) -> Bool {
        base.hasPrefix(".") ? host.hasSuffix(base.lowercased()) : host == base.lowercased()
    }

    /// A wildcard stands for any label: for one that nobody thought of, and for the one that a base has there.
    private static func instances(of name: ConstrainableName, near base: ConstrainableName?) -> [ConstrainableName] {
        guard case .dns(let text) = name, text.hasPrefix("*.") else { return [name] }
        var labels = ["zz9"]
        if case .dns(let base) = base, let label = base.split(separator: ".").first { labels.append(String(label)) }
        return labels.map { .dns($0 + text.dropFirst()) }
    }

    // MARK: What can be read

    private static func isReadable(_ name: ConstrainableName) -> Bool {
        switch name {
        case .dns(let text): isHostName(text.hasPrefix("*.") ? String(text.dropFirst(2)) : text)
        case .email(let text): mailbox(text) != nil
        case .uri(let text): host(ofURI: text) != nil
        case .ip(let octets): octets.count == 4 || octets.count == 16
        case .directory: true
        }
    }

    private static func isUsable(_ base: ConstrainableName) -> Bool {
        switch base {
        case .dns(let text): return text.isEmpty || isHostName(text)
        case .email(let text) where text.contains("@"): return mailbox(text) != nil
        case .email(let text), .uri(let text): return isHostName(text.hasPrefix(".") ? String(text.dropFirst()) : text)
        case .ip(let octets):
            guard octets.count == 8 || octets.count == 32 else { return false }
            // RFC 4632: ones, then zeros.
            let bits = octets.suffix(octets.count / 2).map { String(256 + Int($0), radix: 2).dropFirst() }.joined()
            return !bits.contains("01")
        case .directory: return true
        }
    }

    private static func isHostName(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
    }

    private static func mailbox(_ text: String) -> (local: String, host: String)? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" "), isHostName(parts[1]) else { return nil }
        return (parts[0], parts[1].lowercased())
    }

    /// "The constraint applies to the host part"; a URI without a host name in it must be refused.
    private static func host(ofURI text: String) -> String? {
        guard let slashes = text.range(of: "://") else { return nil }
        let authority = text[slashes.upperBound...].prefix { $0 != "/" }
        let host = authority.prefix { $0 != ":" }.lowercased()
        guard isHostName(host), let last = host.split(separator: ".").last, !last.allSatisfy(\.isNumber) else { return nil }
        return host
    }

    /// RFC 5280 §7.1: without regard to case and to runs of spaces.
    private static func folded(_ part: String) -> String {
        part.lowercased().split(separator: " ").joined(separator: " ").replacing("= ", with: "=")
    }
}

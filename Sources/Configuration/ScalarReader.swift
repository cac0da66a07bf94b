import DER
import PKITypes
import VerificationCore

/// Reads the text of one scalar as the kind of value that the table of keys asks for.
struct ScalarReader: Hashable, Sendable {
    enum Failure: Error, Equatable {
        case unexpected
        case notAvailable
        case badPattern(IdentityPattern.Failure)
        case badHours(WeeklyHours.Failure)
        case unknownZone(String)
        case bitsBeyondPrefix
        case durationWithoutUnit
        case addressNeedsBrackets
        case socketPathTooLong(bytes: Int)
    }

    var paths: PathResolution

    func read(_ text: String, as kind: ValueKind) throws(Failure) -> SettingValue {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else {
            throw .unexpected
        }
        switch kind {
        case .text, .reference: return .text(text)
        case .name: return .text(try Self.require(text, Self.isName(text)))
        case .word(let choices): return .text(try word(text, among: choices))
        case .duration(let bounds, let words):
            if words.contains(text) { return .text(text) }
            guard let seconds = UnitText.seconds(text) else { throw .durationWithoutUnit }
            return .seconds(try Self.bounded(seconds, bounds))
        case .moment: return .moment(try moment(text))
        case .size(let bounds): return .bytes(try Self.bounded(UnitText.bytes(text), bounds))
        case .count(let bounds, let words):
            if words.contains(text) { return .text(text) }
            return .count(try Self.bounded(UnitText.number(text), bounds))
        case .share(let bounds, let words):
            if words.contains(text) { return .text(text) }
            guard text.hasSuffix("%") else { return .count(try Self.bounded(UnitText.number(text), bounds)) }
            return .percent(try Self.bounded(UnitText.number(text.dropLast()), 1...100))
        case .file, .directory: return .text(paths.input(text))
        case .bind: return .bind(try bind(text))
        case .unixSocket:
            guard let path = try socketPath(text, resolve: paths.written) else { throw .unexpected }
            return .bind(.unix(path: path))
        case .webURL: return .text(try Self.require(text, Self.isWebURL(text)))
        case .upstreamAddress: return .upstreamAddress(try upstreamAddress(text))
        case .network: return .network(try network(text))
        case .identityPattern: return .text(try pattern(text))
        case .hours: return .text(try hours(text))
        case .alpnName: return .text(try Self.require(text, text.utf8.count <= ConfigurationLimits.mostALPNBytes))
        case .objectIdentifier: return .text(try Self.require(text, ObjectIdentifier(dotted: text) != nil))
        case .peerName: return .text(try Self.require(text, Self.isHostName(text) || IPAddress(text: text) != nil))
        case .list, .mapping, .shorthand, .named, .attributes: throw .unexpected
        }
    }

    private func word(_ text: String, among choices: [WordChoice]) throws(Failure) -> String {
        guard let choice = choices.first(where: { $0.word == text }) else { throw .unexpected }
        guard choice.isAvailable else { throw .notAvailable }
        return text
    }

    /// A day lasts until its last second.
    private func moment(_ text: String) throws(Failure) -> UnixSeconds {
        guard let moment = UnixSeconds(text: text) ?? UnixSeconds(text: text + "T23:59:59Z") else { throw .unexpected }
        return moment
    }

    private func pattern(_ text: String) throws(Failure) -> String {
        do { return try IdentityPattern(text).text } catch let failure { throw .badPattern(failure) }
    }

    private func hours(_ text: String) throws(Failure) -> String {
        let hours: WeeklyHours
        do { hours = try WeeklyHours(text) } catch let failure { throw .badHours(failure) }
        if let zone = hours.zoneName, ZoneRules.offsets(ofZone: zone) == nil { throw .unknownZone(zone) }
        return text
    }

    private func network(_ text: String) throws(Failure) -> NetworkPrefix {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(text: String(parts[0])) else { throw .unexpected }
        guard let length = UnitText.number(parts[1]), length <= (address.family == .v4 ? 32 : 128) else { throw .unexpected }
        guard let prefix = NetworkPrefix(address: address, length: Int(length)) else { throw .bitsBeyondPrefix }
        return prefix
    }

    private func bind(_ text: String) throws(Failure) -> BindAddress {
        if let path = try socketPath(text, resolve: paths.written) { return .unix(path: path) }
        let (host, port) = try hostAndPort(text, ports: 0...65_535)
        guard IPAddress(text: host) != nil else { throw .unexpected }
        return .address(host, port: port)
    }

    private func upstreamAddress(_ text: String) throws(Failure) -> UpstreamAddress {
        if let path = try socketPath(text, resolve: paths.input) { return .unix(path: path) }
        let (host, port) = try hostAndPort(text, ports: 1...65_535)
        guard IPAddress(text: host) != nil || Self.isHostName(host) else { throw .unexpected }
        return .host(host, port: port)
    }

    private func socketPath(_ text: String, resolve: (String) -> String) throws(Failure) -> String? {
        guard text.hasPrefix("unix:") else { return nil }
        let path = String(text.dropFirst("unix:".count))
        guard !path.isEmpty else { throw .unexpected }
        let absolute = resolve(path)
        guard absolute.utf8.count <= ConfigurationLimits.mostSocketPathBytes else {
            throw .socketPathTooLong(bytes: absolute.utf8.count)
        }
        return absolute
    }

    private func hostAndPort(_ text: String, ports: ClosedRange<Int64>) throws(Failure) -> (host: String, port: UInt16) {
        guard let colon = text.lastIndex(of: ":") else { throw .unexpected }
        var host = String(text[..<colon])
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { throw .unexpected }
            host = String(host.dropFirst().dropLast())
            guard host.contains(":"), IPAddress(text: host) != nil else { throw .unexpected }
        } else if host.contains(":") {
            // Without brackets the port cannot be told from the address's last group (RFC 3986 §3.2.2).
            throw .addressNeedsBrackets
        }
        let port = try Self.bounded(UnitText.number(text[text.index(after: colon)...]), ports)
        return (host, UInt16(port))
    }

    static func isWebURL(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            return !rest.isEmpty && !rest.hasPrefix("/") && !rest.contains(" ")
        }
        return false
    }

    static func isName(_ text: String) -> Bool {
        (1...ConfigurationLimits.mostNameCharacters).contains(text.utf8.count)
            && text.utf8.allSatisfy { octet in
                isLetterOrDigit(octet) || ".-_".utf8.contains(octet)
            }
    }

    /// RFC 1123 §2.1, with the underscore that container platforms put into service names. A name whose last label is a
    /// number would be a mistyped address (RFC 3986 §3.2.2).
    static func isHostName(_ text: String) -> Bool {
        guard (1...ConfigurationLimits.mostHostCharacters).contains(text.utf8.count) else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = labels.last, UnitText.number(last) == nil else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || "-_".utf8.contains($0) }
        }
    }

    private static func isLetterOrDigit(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func require(_ text: String, _ holds: Bool) throws(Failure) -> String {
        guard holds else { throw .unexpected }
        return text
    }

    private static func bounded(_ amount: Int64?, _ bounds: ClosedRange<Int64>) throws(Failure) -> Int64 {
        guard let amount, bounds.contains(amount) else { throw .unexpected }
        return amount
    }
}

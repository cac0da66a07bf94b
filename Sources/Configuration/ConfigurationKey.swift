/// One row of the table of keys: all that parser, printer, reference file and JSON Schema know about a key.
struct ConfigurationKey: Hashable, Sendable {
    enum Default: Hashable, Sendable {
        case required
        /// The text that means the same as leaving the key out.
        case value(String)
        /// Leaving the key out means something that no text says.
        case absent(meaning: String)
        /// A mapping whose own keys have the defaults.
        case ofItsKeys
    }

    enum Availability: Hashable, Sendable {
        case available
        /// Only the default may be stated; the key is part of the contract, its other values are not built yet.
        case defaultOnly
        case later
    }

    enum Reload: String, Hashable, Sendable {
        case reloadable
        case restart = "needs a restart"
    }

    var name: String
    var kind: ValueKind
    var defaultValue: Default
    var availability: Availability
    var reload: Reload
    /// Shown in the reference file where there is no default.
    var example: String
    /// One sentence.
    var summary: String

    /// A key that must be written.
    init(
        _ name: String, _ kind: ValueKind, reload: Reload = .reloadable, example: String = "", _ summary: String
    ) {
        self.init(name, kind, .required, reload: reload, example: example, summary)
    }

    init(
        _ name: String, _ kind: ValueKind, _ defaultValue: Default, reload: Reload = .reloadable, example: String = "",
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.availability = .available
        self.reload = reload
        self.example = example
        self.summary = summary
    }

    /// A key of the contract that this version does not have.
    static func later(_ name: String, _ summary: String) -> Self {
        var key = Self(name, .text, .absent(meaning: "not available in this version"), summary)
        key.availability = .later
        return key
    }

    /// A key whose default is the only value that this version has.
    static func defaultOnly(_ name: String, _ kind: ValueKind, _ defaultText: String, _ summary: String) -> Self {
        var key = Self(name, kind, .value(defaultText), summary)
        key.availability = .defaultOnly
        return key
    }
}

/// What a value may be.
indirect enum ValueKind: Hashable, Sendable {
    case text
    /// Becomes a metric label and a word in logs.
    case name
    case word([WordChoice])
    /// Seconds.
    case duration(ClosedRange<Int64>, or: [String] = [])
    /// A day, whose last second is meant, or a second.
    case moment
    /// Bytes.
    case size(ClosedRange<Int64>)
    case count(ClosedRange<Int64>, or: [String] = [])
    /// Of a whole: a number, or a percentage.
    case share(ClosedRange<Int64>, or: [String] = [])
    case file(FileRole)
    case directory
    case bind
    case unixSocket
    case webURL
    case upstreamAddress
    case network
    case identityPattern
    case hours
    /// Names of the device's attributes, each with what is asked of it.
    case attributes
    case alpnName
    case objectIdentifier
    case peerName
    case reference(Section)
    case list(ValueKind, atLeast: Int)
    case mapping([ConfigurationKey])
    /// A mapping, or a value alone: that of the key which is named.
    case shorthand(for: String, [ConfigurationKey])
    /// Names chosen by the operator, each with a mapping.
    case named(Section, [ConfigurationKey])
}

struct WordChoice: Hashable, Sendable {
    var word: String
    var isAvailable: Bool
}

/// The parts of the configuration whose entries have names that others refer to.
enum Section: String, Hashable, Sendable, CaseIterable {
    case trustAnchors = "trust_anchors"
    case listeners
    case upstreams

    var noun: String {
        switch self {
        case .trustAnchors: "trust anchor"
        case .listeners: "listener"
        case .upstreams: "upstream"
        }
    }

    var article: String { self == .upstreams ? "an" : "a" }

    /// How the reference file calls its example.
    var exampleName: String {
        switch self {
        case .trustAnchors: "device-ca"
        case .listeners: "devices"
        case .upstreams: "platform"
        }
    }
}

/// What a configured input file holds.
package enum FileRole: String, Hashable, Sendable {
    case trustAnchors = "trust anchor certificates"
    case intermediates = "intermediate certificates"
    case certificateRevocationList = "certificate revocation list"
    case certificateChain = "certificate chain"
    case privateKey = "private key"
    case upstreamTrust = "certificates that vouch for the upstream"
}

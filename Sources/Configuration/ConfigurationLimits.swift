/// What a configuration file may cost to read. It is an operator's file, so the limits guard against the wrong file
/// being named (a core dump, a CRL), not against an attacker.
enum ConfigurationLimits {
    /// Bytes. A gateway with a thousand policies needs about 200 KiB.
    static let mostBytes = 1 << 20
    /// Levels of lists and mappings. The deepest key of the contract stands at level 6.
    static let deepestLevel = 16
    /// Levels below the deepest that are still read, to find what follows them. libyaml takes quadratic time in open
    /// brackets: 100 000 cost 20 seconds, a thousand nothing to speak of.
    static let mostSkippedLevels = 1_000
    /// Scalars, lists and mappings together.
    static let mostNodes = 100_000
    /// Characters of a found value repeated in a finding; a pasted certificate would bury the message.
    static let mostQuotedCharacters = 60
    /// Characters of a name of a listener, trust anchor, upstream or policy: names become metric labels.
    static let mostNameCharacters = 64
    /// Bytes of a unix socket's path: `sun_path` holds 108 with its terminating null (unix(7)).
    static let mostSocketPathBytes = 107
    /// Characters of a DNS name as text (RFC 1035 §2.3.4, without the root's dot).
    static let mostHostCharacters = 253
    /// Bytes of an ALPN protocol name (RFC 7301 §3.1).
    static let mostALPNBytes = 255
}

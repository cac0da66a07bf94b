/// Hard limits on the lists that are read. Beyond them a list is refused whole: half a list would call revoked devices good.
package enum ListLimits {
    /// Octets of one list; twenty million entries of the usual 40 octets, and an end to what one file can take.
    package static let maximumOctets = 1 << 30
    /// Entries of one list, an entry that speaks for several issuers counted for each; the largest public lists hold about a
    /// million.
    package static let maximumEntries = 20_000_000
    /// Octets of all extensions of a list, or of one entry; the usual are below 200.
    package static let maximumExtensionOctets = 64 * 1024
    /// Octets of one entry: its extensions, a serial number and a time.
    package static let maximumEntryOctets = maximumExtensionOctets + 128
    /// Octets of any other field: a name, an algorithm, the signature. The usual are below 600; SLH-DSA signs with up to 50,000.
    package static let maximumFieldOctets = 64 * 1024
    /// Issuers besides its own for whom an indirect list may speak; about 3,000 authorities are publicly known.
    package static let maximumOtherIssuers = 16_384
    /// Octets of the names of all of them: 256 for each.
    package static let maximumOtherIssuerOctets = 4 << 20
}

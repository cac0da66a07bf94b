/// Hard limits on the lists that are read. Beyond them a list is refused whole: half a list would call revoked devices good.
package enum ListLimits {
    /// Octets of one list; twenty million entries of the usual 40 octets, and an end to what one file can take.
    package static let maximumOctets = 1 << 30
    /// Entries of one list; the largest public ones hold about a million.
    package static let maximumEntries = 20_000_000
    /// Octets of all extensions of a list, or of one entry; the usual are below 200.
    package static let maximumExtensionOctets = 64 * 1024
}

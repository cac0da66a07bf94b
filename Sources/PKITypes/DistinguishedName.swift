/// A distinguished name in the form in which two names are compared (RFC 5280 §7.1): attribute values as UTF-8, ASCII
/// letters in lower case, inner white space collapsed, outer removed, in an encoding that keeps values apart.
///
/// Made by `X509` from a Name's DER; equal values are the same name. ``display`` is for people and is not compared.
package struct DistinguishedName: Hashable, Sendable {
    package let canonical: [UInt8]
    package let display: String
    /// Of the canonical octets, seeded for the process: a name is hashed once, when it is read, and looked up many times.
    private let digest: Int

    package init(canonical: [UInt8], display: String) {
        self.canonical = canonical
        self.display = display
        var hasher = Hasher()
        canonical.withUnsafeBytes { hasher.combine(bytes: $0) }
        digest = hasher.finalize()
    }

    package static func == (left: Self, right: Self) -> Bool {
        // Equal digests are equal names but for a chance in 2^64, which is looked into word by word.
        left.digest == right.digest && left.canonical.span.bytes.isEqual(to: right.canonical.span.bytes)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

import X509

/// The public key that proved a list. Lists of one name that different keys signed are different lists: none of them replaces
/// another, or is a delta to it (RFC 5280 §5.2.4 (c), §6.3.3 (c)(3)).
package struct ListKey: Hashable, Sendable {
    /// Of the SubjectPublicKeyInfo, seeded for the process, so that nobody can make two keys that meet. Never 0.
    let digest: Int

    /// Of lists that nobody asks a key of: the only one there is.
    package static let only = ListKey(of: [])

    init(_ signer: Certificate) { self.init(of: signer.bytes[signer.subjectPublicKeyInfo]) }

    package init(of subjectPublicKeyInfo: ArraySlice<UInt8>) {
        var hasher = Hasher()
        subjectPublicKeyInfo.withUnsafeBytes { hasher.combine(bytes: $0) }
        digest = hasher.finalize() | 1
    }

    init?(digest: Int) {
        guard digest != 0 else { return nil }
        self.digest = digest
    }
}

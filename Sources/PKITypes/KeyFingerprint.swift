/// The SHA-256 of a SubjectPublicKeyInfo's DER: which key, whatever certificates were made for it.
package struct KeyFingerprint: Hashable, Sendable {
    private let digest: Fingerprint

    /// Nil unless there are exactly 32 octets.
    package init?(octets: some Collection<UInt8>) {
        guard let digest = Fingerprint(octets: octets) else { return nil }
        self.digest = digest
    }

    package init?(octets: [UInt8]) {
        guard let digest = Fingerprint(octets: octets) else { return nil }
        self.digest = digest
    }

    /// 64 hexadecimal digits, in either case.
    package init?(text: some StringProtocol) {
        guard let octets = Hexadecimal.octets(text) else { return nil }
        self.init(octets: octets)
    }

    package var octets: [UInt8] { digest.octets }
}

extension KeyFingerprint: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { digest.description }
}

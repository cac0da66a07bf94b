/// The SHA-256 of a certificate's DER bytes as received.
package struct Fingerprint: Hashable, Sendable {
    package static let octetCount = ThirtyTwoOctets.count
    private let digest: ThirtyTwoOctets

    /// Nil unless there are exactly 32 octets.
    package init?(octets: some Collection<UInt8>) {
        guard let digest = ThirtyTwoOctets(octets) else { return nil }
        self.digest = digest
    }

    /// The same for octets in memory, as digests are: a generic initializer is not specialised for other modules.
    package init?(octets: [UInt8]) {
        guard let digest = ThirtyTwoOctets(octets) else { return nil }
        self.digest = digest
    }

    package var octets: [UInt8] { digest.octets }
}

extension Fingerprint: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.lowerCase(octets) }
}

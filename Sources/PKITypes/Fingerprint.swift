/// The SHA-256 of a certificate's DER bytes as received, in four machine words.
package struct Fingerprint: Hashable, Sendable {
    package static let octetCount = 32
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are exactly 32 octets.
    package init?(octets: some Collection<UInt8>) {
        guard octets.count == Self.octetCount else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, octet) in octets.enumerated() { words[position / 8] = words[position / 8] << 8 | UInt64(octet) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    package var octets: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) }
        }
    }
}

extension Fingerprint: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.lowerCase(octets) }
}

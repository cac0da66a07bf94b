/// Thirty-two octets in four machine words: what a digest of SHA-256 and the name of a TLS session are made of.
///
/// Whoever holds one makes sure that its octets are evenly spread: a hash takes eight of them.
package struct ThirtyTwoOctets: Hashable, Sendable {
    package static let count = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are exactly 32.
    package init?(_ octets: some Collection<UInt8>) {
        guard octets.count == Self.count else { return nil }
        var rest = octets.makeIterator()
        func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(rest.next() ?? 0) } }
        words = (word(), word(), word(), word())
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    package var octets: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) }
        }
    }

    /// One of `count` shares that they fall into evenly.
    package func share(of count: Int) -> Int { Int(words.3 % UInt64(count)) }
}

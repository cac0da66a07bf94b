/// What names a TLS session on the wire: the session id of TLS 1.2, the identity of a stateful ticket of TLS 1.3. Of the one
/// length that our side gives out.
package struct SessionID: Hashable, Sendable {
    package static let octetCount = 32

    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil unless there are exactly 32 octets: no session of ours has another name.
    package init?(octets: some Collection<UInt8>) {
        guard octets.count == Self.octetCount else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (position, octet) in octets.enumerated() { words[position / 8] = words[position / 8] << 8 | UInt64(octet) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    /// Random, as our side draws it; what peers make up is only ever looked up.
    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// One of `count` shares that sessions fall into evenly.
    package func share(of count: Int) -> Int { Int(words.3 % UInt64(count)) }
}

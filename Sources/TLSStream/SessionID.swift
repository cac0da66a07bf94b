import PKITypes

/// What names a TLS session on the wire: the session id of TLS 1.2, the identity of a stateful ticket of TLS 1.3. Of the one
/// length that our side gives out; random, as our side draws it: what peers make up is only ever looked up.
package struct SessionID: Hashable, Sendable {
    package static let octetCount = ThirtyTwoOctets.count

    private let octets: ThirtyTwoOctets

    /// Nil unless there are exactly 32 octets: no session of ours has another name.
    package init?(octets: some Collection<UInt8>) {
        guard let octets = ThirtyTwoOctets(octets) else { return nil }
        self.octets = octets
    }

    /// One of `count` shares that sessions fall into evenly.
    package func share(of count: Int) -> Int { octets.share(of: count) }
}

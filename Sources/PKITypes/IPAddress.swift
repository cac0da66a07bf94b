/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (`::ffff:a.b.c.d`, what a dual-stack socket reports) are IPv4
/// here, so that a rule on 10.0.0.0/8 holds on a `[::]` listener too.
package struct IPAddress: Hashable, Sendable {
    package enum Family: UInt8, Sendable { case v4, v6 }

    package let family: Family
    package let high: UInt64
    package let low: UInt64

    /// Four or sixteen octets in network order; nil for any other count.
    package init?(octets: some Collection<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for octet in octets {
            high = high << 8 | low >> 56
            low = low << 8 | UInt64(octet)
        }
        switch octets.count {
        case 4: family = .v4
        case 16: family = high == 0 && low >> 32 == 0xffff ? .v4 : .v6
        default: return nil
        }
        self.high = high
        self.low = family == .v4 ? low & 0xffff_ffff : low
    }

    private init(family: Family, high: UInt64, low: UInt64) {
        self.family = family
        self.high = high
        self.low = low
    }

    /// The first 24 bits of an IPv4 address, the first 64 of an IPv6 address.
    fileprivate var subnet: IPAddress {
        family == .v4
            ? IPAddress(family: .v4, high: 0, low: low & ~0xff) : IPAddress(family: .v6, high: high, low: 0)
    }

    package var octets: [UInt8] {
        let all = [high, low].flatMap { word in (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) } }
        return family == .v4 ? Array(all.suffix(4)) : all
    }

    var bitCount: Int { family == .v4 ? 32 : 128 }

    /// The bit at `position`, counted from the most significant.
    func bit(_ position: Int) -> Bool {
        let fromLow = bitCount - 1 - position
        return (fromLow >= 64 ? high >> UInt64(fromLow - 64) : low >> UInt64(fromLow)) & 1 == 1
    }
}

/// An address range in CIDR notation.
package struct NetworkPrefix: Hashable, Sendable {
    package let address: IPAddress
    package let length: Int

    /// Nil when the prefix is longer than the address or an address bit beyond it is set: `10.1.0.0/8` is more likely a
    /// slip than a wish.
    package init?(address: IPAddress, length: Int) {
        guard length >= 0, length <= address.bitCount else { return nil }
        guard (length..<address.bitCount).allSatisfy({ !address.bit($0) }) else { return nil }
        self.address = address
        self.length = length
    }

    /// The network of an address as hospitals cut theirs: 256 addresses of IPv4, a subnet of IPv6 (RFC 4291 §2.5.1).
    package init(subnetOf address: IPAddress) {
        self.address = address.subnet
        length = address.family == .v4 ? 24 : 64
    }

    package func contains(_ candidate: IPAddress) -> Bool {
        guard candidate.family == address.family else { return false }
        guard length > 0 else { return true }
        let drop = UInt64(address.bitCount - length)
        if drop >= 64 { return candidate.high >> (drop - 64) == address.high >> (drop - 64) }
        return candidate.high == address.high && candidate.low >> drop == address.low >> drop
    }
}

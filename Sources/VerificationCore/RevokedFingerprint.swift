import PKITypes

/// Thirty-nine bits that stand for a certificate in a table: a keyed hash of who issued it and of its serial number.
///
/// Tables are in the order of their fingerprints. The high part chooses a bucket; of what is left sixteen bits are kept.
struct RevokedFingerprint {
    static let bits: UInt64 = 39

    let value: UInt64

    @inline(__always)
    init(_ serial: SerialNumber, issuer: UInt16, _ hash: SipHash) {
        let tail = UInt64(serial.count) | UInt64(issuer) << 8
        // Most serial numbers have two words; their length says so, and is hashed.
        let word =
            serial.count <= 16
            ? hash(serial.low, serial.middle, tail: tail) : hash(serial.low, serial.middle, serial.high, tail: tail)
        value = word >> (64 - Self.bits)
    }

    @inline(__always)
    init(value: UInt64) { self.value = value }

    /// - Parameter count: how many buckets there are; at most 2^23, so that sixteen bits are left.
    @inline(__always)
    func place(among count: Int) -> (bucket: Int, suffix: UInt16) {
        let product = value &* UInt64(count)
        return (Int(product >> Self.bits), UInt16(truncatingIfNeeded: product >> (Self.bits - 16)))
    }
}

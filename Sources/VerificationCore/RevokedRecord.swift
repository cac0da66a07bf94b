import PKITypes
import RevocationLists

/// One entry of a table as it stands in memory or in a file: everything that a confirmation needs, in a fixed width.
///
///     octets 0–7    date (39 bits, seconds, signed) · issuer (16) · reason (4) · length of the serial (5); little-endian
///     octets 8–11   check
///     octets 12–    the serial's octets, the least significant first, zeros up to the table's width
struct RevokedRecord {
    static let serialOffset = 12
    /// Of the longest serial number, which has 24 octets.
    static let maximumOctets = serialOffset + 24

    let head: UInt64
    let serial: SerialNumber

    @inline(__always)
    init(_ entry: ListedEntry) {
        let date = entry.revokedAt.rawValue
        // DER's years 0000 to 9999 need 39 bits, and the issuers that a list may name fewer than 16.
        precondition(date == (date << 25) >> 25, "a date beyond the year 9999")
        precondition(entry.issuer <= UInt16.max, "an entry of more issuers than a list may name")
        head =
            UInt64(bitPattern: date) << 25 | UInt64(entry.issuer) << 9 | UInt64(entry.reason.rawValue) << 5
            | UInt64(entry.serial.count)
        serial = entry.serial
    }

    /// Nil when no record has such a head.
    ///
    /// - Parameter octets: at least ``maximumOctets``; what lies behind the serial is not looked at.
    @inline(__always)
    init?(_ octets: UnsafeRawBufferPointer) {
        assert(octets.count >= Self.maximumOctets, "a record in \(octets.count) octets")
        head = UInt64(littleEndian: octets.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        let count = Self.serialOctets(head)
        guard count >= 1, count <= Self.maximumOctets - Self.serialOffset else { return nil }
        func word(_ offset: Int, _ octetsOfSerial: Int) -> UInt64 {
            let word = UInt64(littleEndian: octets.loadUnaligned(fromByteOffset: Self.serialOffset + offset, as: UInt64.self))
            return octetsOfSerial >= 8 ? word : octetsOfSerial <= 0 ? 0 : word & ((1 << UInt64(octetsOfSerial * 8)) - 1)
        }
        serial = SerialNumber(high: word(16, count - 16), middle: word(8, count - 8), low: word(0, count), count: UInt8(count))
    }

    /// - Parameter octets: room for ``maximumOctets``, which are all written.
    @inline(__always)
    func write(mark: UInt32, to octets: UnsafeMutableRawBufferPointer) {
        assert(octets.count >= Self.maximumOctets, "a record in \(octets.count) octets")
        octets.storeBytes(of: head.littleEndian, toByteOffset: 0, as: UInt64.self)
        octets.storeBytes(of: mark.littleEndian, toByteOffset: 8, as: UInt32.self)
        octets.storeBytes(of: serial.low.littleEndian, toByteOffset: Self.serialOffset, as: UInt64.self)
        octets.storeBytes(of: serial.middle.littleEndian, toByteOffset: Self.serialOffset + 8, as: UInt64.self)
        octets.storeBytes(of: serial.high.littleEndian, toByteOffset: Self.serialOffset + 16, as: UInt64.self)
    }

    @inline(__always)
    static func serialOctets(_ head: UInt64) -> Int { Int(head & 0x1f) }

    /// Without what fills a table's width.
    var octetCount: Int { Self.serialOffset + Int(serial.count) }
    var issuer: UInt16 { UInt16(truncatingIfNeeded: head >> 9) }

    /// Nil for a reason that there is not.
    var entry: RevokedEntry? {
        guard let reason = RevocationReason(rawValue: UInt8(head >> 5 & 0x0f)) else { return nil }
        return RevokedEntry(serial: serial, reason: reason, revokedAt: UnixSeconds(Int64(bitPattern: head) >> 25))
    }

    /// Of two entries for one certificate: a revocation outranks its lifting, and the earliest revocation stands.
    func outranks(_ other: Self) -> Bool {
        let removal = UInt64(RevocationReason.removeFromCRL.rawValue)
        let lifts = (head >> 5 & 0x0f == removal, other.head >> 5 & 0x0f == removal)
        if lifts.0 != lifts.1 { return lifts.1 }
        return Int64(bitPattern: head) >> 25 < Int64(bitPattern: other.head) >> 25
    }

    func isOfSameCertificate(as other: Self) -> Bool { serial == other.serial && issuer == other.issuer }

    /// Tells a record that is damaged, or that stands at another's place. Against accidents: whoever can write to the file could
    /// as well write to our memory.
    @inline(__always)
    func check(at position: Int, _ key: SipHash) -> UInt32 {
        let first = Self.folded(head ^ key.key.low, serial.low &+ UInt64(position) &* 0x9e37_79b9_7f4a_7c15 ^ key.key.high)
        let second = Self.folded(serial.middle ^ 0x2d35_8dcc_aa6c_78a5, serial.high ^ 0x8bb8_4b93_962e_acc9)
        return UInt32(truncatingIfNeeded: (first ^ second) >> 16)
    }

    @inline(__always)
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

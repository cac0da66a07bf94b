/// A certificate serial number: the content octets of its DER INTEGER, in three machine words, so that comparing two
/// allocates nothing.
///
/// RFC 5280 §4.1.2.2 asks users to handle 20 octets; issuers also write negative and zero serials, which compare by their
/// octets like any other. A 20-octet positive number may need a leading zero octet, hence 21; 24 is what three words hold.
package struct SerialNumber: Hashable, Comparable, Sendable {
    package static let maximumOctets = 24

    // The octets, most significant first and aligned at the end; zero before the first.
    package let high: UInt64
    package let middle: UInt64
    package let low: UInt64
    package let count: UInt8

    /// Nil when there are no octets or more than ``maximumOctets``.
    package init?(octets: some Collection<UInt8>) { self.init(octets: Array(octets)[...]) }

    /// Of one type, because a generic initializer is not specialised for other modules, and lists call it a million times.
    package init?(octets: ArraySlice<UInt8>) {
        guard !octets.isEmpty, octets.count <= Self.maximumOctets else { return nil }
        var high: UInt64 = 0
        var middle: UInt64 = 0
        var low: UInt64 = 0
        for octet in octets {
            high = high << 8 | middle >> 56
            middle = middle << 8 | low >> 56
            low = low << 8 | UInt64(octet)
        }
        self.high = high
        self.middle = middle
        self.low = low
        count = UInt8(octets.count)
    }

    /// From the words that hold the octets, as a reader that has them in registers knows them.
    ///
    /// - Parameters:
    ///   - high: zero beyond `count` octets, like `middle` and `low`.
    ///   - count: 1 to ``maximumOctets``.
    @inlinable package init(high: UInt64, middle: UInt64, low: UInt64, count: UInt8) {
        assert(count >= 1 && count <= Self.maximumOctets, "a serial number of \(count) octets")
        self.high = high
        self.middle = middle
        self.low = low
        self.count = count
    }

    /// An order for binary search; it is not the order of the numbers.
    package static func < (left: Self, right: Self) -> Bool {
        if left.count != right.count { return left.count < right.count }
        if left.high != right.high { return left.high < right.high }
        if left.middle != right.middle { return left.middle < right.middle }
        return left.low < right.low
    }

    package var octets: [UInt8] {
        let words = [high, middle, low]
        let all = words.flatMap { word in (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) } }
        return Array(all.suffix(Int(count)))
    }
}

extension SerialNumber: CustomStringConvertible {
    /// Upper-case hexadecimal, two digits an octet, as `openssl x509 -serial` prints it.
    package var description: String { Hexadecimal.upperCase(octets) }
}

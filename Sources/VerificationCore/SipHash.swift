/// SipHash-1-3, a keyed hash of short messages (Aumasson and Bernstein 2012): whoever does not know the key cannot choose
/// messages that collide. A CA's customers may choose serial numbers.
package struct SipHash: Hashable, Sendable {
    package let key: (low: UInt64, high: UInt64)

    package init(keyLow: UInt64, keyHigh: UInt64) { key = (keyLow, keyHigh) }

    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(key.low)
        hasher.combine(key.high)
    }

    /// Of a message of 23 octets: two words and seven octets, each least significant first.
    ///
    /// - Parameter tail: below 2^56.
    @inline(__always)
    package func callAsFunction(_ first: UInt64, _ second: UInt64, tail: UInt64) -> UInt64 {
        assert(tail < 1 << 56, "a tail of more than seven octets")
        var state = State(key.low, key.high)
        state.absorb(first)
        state.absorb(second)
        state.absorb(23 << 56 | tail)
        return state.finish()
    }

    /// Of a message of 31 octets, in the same way.
    @inline(__always)
    package func callAsFunction(_ first: UInt64, _ second: UInt64, _ third: UInt64, tail: UInt64) -> UInt64 {
        assert(tail < 1 << 56, "a tail of more than seven octets")
        var state = State(key.low, key.high)
        state.absorb(first)
        state.absorb(second)
        state.absorb(third)
        state.absorb(31 << 56 | tail)
        return state.finish()
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        @inline(__always)
        init(_ low: UInt64, _ high: UInt64) {
            v0 = low ^ 0x736f_6d65_7073_6575
            v1 = high ^ 0x646f_7261_6e64_6f6d
            v2 = low ^ 0x6c79_6765_6e65_7261
            v3 = high ^ 0x7465_6462_7974_6573
        }

        @inline(__always)
        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            v0 ^= word
        }

        @inline(__always)
        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            round()
            round()
            round()
            return v0 ^ v1 ^ v2 ^ v3
        }

        @inline(__always)
        mutating func round() {
            v0 = v0 &+ v1
            v2 = v2 &+ v3
            v1 = Self.rotated(v1, 13) ^ v0
            v3 = Self.rotated(v3, 16) ^ v2
            v0 = Self.rotated(v0, 32)
            v2 = v2 &+ v1
            v0 = v0 &+ v3
            v1 = Self.rotated(v1, 17) ^ v2
            v3 = Self.rotated(v3, 21) ^ v0
            v2 = Self.rotated(v2, 32)
        }

        @inline(__always)
        static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word &<< count | word &>> (64 &- count) }
    }
}

import DER
import PKITypes
import X509

/// The fields of an entry, read from a window by machine words where eight octets lie ahead: a million of them are read one
/// after the other.
extension SerialNumber {
    /// - Parameter contents: one to ``maximumOctets`` octets inside the window.
    @inline(__always)
    init(_ window: Span<UInt8>, _ contents: Range<Int>) {
        let (start, count) = (contents.lowerBound, contents.count)
        guard start + 24 <= window.count else {
            self.init(window, octetsIn: contents)
            return
        }
        let words = (window.word(at: start), window.word(at: start + 8), window.word(at: start + 16))
        let excess = UInt64(truncatingIfNeeded: (24 - count) & 7) * 8
        // A shift by the whole width gives zero, as it must here.
        let carried = 64 - excess
        let all = (
            words.0 >> excess, words.1 >> excess | words.0 << carried, words.2 >> excess | words.1 << carried
        )
        let octets = UInt8(truncatingIfNeeded: count)
        switch count {
        case 17...: self.init(high: all.0, middle: all.1, low: all.2, count: octets)
        case 9...16: self.init(high: 0, middle: all.0, low: all.1, count: octets)
        default: self.init(high: 0, middle: 0, low: all.0, count: octets)
        }
    }

    private init(_ window: Span<UInt8>, octetsIn contents: Range<Int>) {
        var (high, middle, low) = (UInt64(0), UInt64(0), UInt64(0))
        for offset in contents {
            high = high << 8 | middle >> 56
            middle = middle << 8 | low >> 56
            low = low << 8 | UInt64(window[offset])
        }
        self.init(high: high, middle: middle, low: low, count: UInt8(contents.count))
    }
}

/// The thirteen characters of a UTCTime in the one form that RFC 5280 §4.1.2.5.1 allows, `YYMMDDHHMMSSZ`.
struct UTCTimeDigits {
    /// `YYMMDDHH`, each octet the value of a digit.
    private let hours: UInt64
    /// `HHMMSS` behind a day's second digit, and a zero for the `Z`.
    private let seconds: UInt64

    /// Nil unless the characters are digits and a `Z`.
    @inline(__always)
    init?(_ window: Span<UInt8>, at start: Int) {
        let (first, last) = (window.word(at: start), window.word(at: start + 5))
        let zeros: UInt64 = 0x3030_3030_3030_3030
        hours = first ^ zeros
        // A Z, 0x5a, becomes zero like the digit 0, and nothing else does.
        seconds = last ^ zeros ^ 0x6a
        // Adding six to a digit's value reaches no upper half, and whatever is not a digit is there already or gets there.
        let sum = (hours | (hours &+ 0x0606_0606_0606_0606)) | (seconds | (seconds &+ 0x0606_0606_0606_0606))
        guard sum & 0xf0f0_f0f0_f0f0_f0f0 | seconds & 0xff == 0 else { return nil }
    }

    /// Nil when the calendar or the day has no such moment.
    @inline(__always)
    var moment: UnixSeconds? {
        let (date, time) = (Self.pairs(hours), Self.pairs(seconds << 8))
        let (year, month, day) = (Int(date >> 48 & 0xff), Int(date >> 32 & 0xff), Int(date >> 16 & 0xff))
        let (hour, minute, second) = (Int(date & 0xff), Int(time >> 32 & 0xff), Int(time >> 16 & 0xff))
        guard hour < 24, minute < 60, second < 60,
            // 50 to 99 are of the twentieth century.
            let days = CalendarDays.sinceEpoch(year: year >= 50 ? 1900 + year : 2000 + year, month: month, day: day)
        else { return nil }
        return UnixSeconds(Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
    }

    /// Two digits each as a number in the lower octet of sixteen bits.
    @inline(__always)
    private static func pairs(_ digits: UInt64) -> UInt64 {
        let tens = digits >> 8 & 0x00ff_00ff_00ff_00ff
        return tens &* 10 &+ (digits & 0x00ff_00ff_00ff_00ff)
    }
}

/// Extensions that hold a reason code and nothing else, which is what almost every entry has that has any:
/// `SEQUENCE { SEQUENCE { id-ce-cRLReasons, OCTET STRING { ENUMERATED } } }`.
enum LoneReasonCode {
    private static let octets = 14

    /// Nil when they are another.
    @inline(__always)
    static func read(_ window: Span<UInt8>, at start: Int, end: Int) -> RevocationReason? {
        guard end - start == octets, window.word(at: start) == 0x300c_300a_0603_551d,
            window.word(at: start + 5) == 0x0355_1d15_0403_0a01
        else { return nil }
        return RevocationReason(rawValue: window[start + 13])
    }
}

extension RevocationReason {
    /// The value of a reasonCode extension (RFC 5280 §5.3.1).
    init(from extensionValue: DERReader) throws(DERFailure) {
        var value = extensionValue
        let start = value.position
        let code = try value.readSmallInteger(.enumerated)
        try value.requireEnd()
        guard let octet = UInt8(exactly: code), let reason = Self(rawValue: octet) else {
            throw DERFailure(.reasonCodeInvalid, at: start)
        }
        self = reason
    }
}

extension Span<UInt8> {
    /// The eight octets from `offset` on, the first one highest.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        // SAFETY: the load is checked against the span's bounds, and every bit pattern is a UInt64.
        UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension [UInt8] {
    /// A copy of octets of a window.
    init(_ window: Span<UInt8>, from start: Int, to end: Int) {
        self.init(capacity: end - start) { octets in
            for offset in start..<end { octets.append(window[offset]) }
        }
    }

    /// Reads these octets, which stand at `offset` of something larger: failures are told by their place in that.
    func read<Value>(
        at offset: Int, _ body: (inout DERReader) throws(DERFailure) -> Value
    ) throws(DERFailure) -> Value {
        var reader = DERReader(self)
        do throws(DERFailure) {
            return try body(&reader)
        } catch {
            throw DERFailure(error.reason, at: error.offset + offset)
        }
    }
}

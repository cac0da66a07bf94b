import PKITypes

/// An entry of a list in the shape that nearly all have: a UTCTime, and no extension but perhaps a reason code.
///
/// Read by machine words, because a list can have a million: 10 ns each, where a reader of any DER takes 150 to 400. What it does
/// not take for granted, from other shapes to whatever is malformed, it leaves to that reader.
struct UsualEntry {
    let serial: SerialNumber
    let reason: RevocationReason
    let revokedAt: UnixSeconds
    /// Where it ends.
    let end: Int

    /// From the first octet of an entry that many octets must lie in the window: what the largest of this shape takes, and the
    /// words that are read of it.
    private static let lookahead = 64
    private static let maximumSerialOctets: UInt64 = 24

    /// Reads entries of this shape from `start` on, to the first that is not.
    ///
    /// - Parameter end: where the entries end.
    /// - Returns: where the entries end that were read.
    static func read(
        _ window: Span<UInt8>, from start: Int, end: Int, atMost count: Int, into batch: inout [ListedEntry]
    ) -> Int {
        var position = start
        let last = min(window.count - lookahead, end)
        batch.append(addingCapacity: count) { entries in
            while position <= last, !entries.isFull, let entry = Self(window, at: position), entry.end <= end {
                entries.append(ListedEntry(serial: entry.serial, reason: entry.reason, revokedAt: entry.revokedAt))
                position = entry.end
            }
        }
        return position
    }

    /// - Parameter start: ``lookahead`` before the end of the window, or more.
    @inline(__always)
    private init?(_ window: Span<UInt8>, at start: Int) {
        // 30 length 02 length, and the first octets of the serial number.
        let beginning = window.word(at: start)
        let length = Int(truncatingIfNeeded: beginning >> 48 & 0xff)
        let serialOctets = beginning >> 32 & 0xff
        guard beginning & 0xff80_ff80_0000_0000 == 0x3000_0200_0000_0000,
            serialOctets &- 1 < Self.maximumSerialOctets
        else { return nil }
        // X.690 §8.3.2: the first nine bits are neither all zero nor all one.
        let nineBits = beginning >> 23 & 0x1ff
        guard serialOctets == 1 || (nineBits != 0 && nineBits != 0x1ff) else { return nil }

        let timeStart = start &+ 4 &+ Int(truncatingIfNeeded: serialOctets)
        guard window.word(at: timeStart) >> 48 == 0x170d, let moment = UTCTimeDigits(window, at: timeStart &+ 2)?.moment else {
            return nil
        }
        let extensionStart = timeStart &+ 15
        end = start &+ 2 &+ length
        switch end &- extensionStart {
        case 0: reason = .unspecified
        case LoneReasonCode.octets:
            guard let code = LoneReasonCode.read(window, at: extensionStart) else { return nil }
            reason = code
        default: return nil
        }
        serial = SerialNumber(window, at: start &+ 4, count: serialOctets)
        revokedAt = moment
    }
}

/// The thirteen characters of a UTCTime in the one form that RFC 5280 §4.1.2.5.1 allows, `YYMMDDHHMMSSZ`.
struct UTCTimeDigits {
    /// `YYMMDDHH`, each octet the value of a digit.
    private let hours: UInt64
    /// `HHMMSS` behind a day's second digit, and zero for the `Z`.
    private let seconds: UInt64

    /// Nil unless the characters are digits and a `Z`.
    @inline(__always)
    init?(_ window: Span<UInt8>, at start: Int) {
        let (first, last) = (window.word(at: start), window.word(at: start &+ 5))
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
        let (shortYear, month, day) = (Int64(date >> 48 & 0xff), Int64(date >> 32 & 0xff), Int64(date >> 16 & 0xff))
        let (hour, minute, second) = (Int64(date & 0xff), Int64(time >> 32 & 0xff), Int64(time >> 16 & 0xff))
        // 50 to 99 are of the twentieth century.
        let year = shortYear + (shortYear >= 50 ? 1900 : 2000)
        guard hour < 24, minute < 60, second < 60, month >= 1, month <= 12, day >= 1,
            day <= 28 || day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        // Years that begin in March, so that the leap day is their last. None from 1950 to 2049 lacks it, and as many before
        // them lacked it (15, by the Gregorian rule) as 719,468 days lie between the first of them and 1970.
        let shiftedYear = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let days = shiftedYear * 365 + shiftedYear / 4 - 15 + dayOfYear - 719_468
        return UnixSeconds(rawValue: days * 86_400 + hour * 3600 + minute * 60 + second)
    }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
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
private enum LoneReasonCode {
    static let octets = 14

    /// Nil when they are another, or lift a revocation, which only a delta may.
    @inline(__always)
    static func read(_ window: Span<UInt8>, at start: Int) -> RevocationReason? {
        guard window.word(at: start) == 0x300c_300a_0603_551d, window.word(at: start &+ 5) == 0x0355_1d15_0403_0a01 else {
            return nil
        }
        let reason = RevocationReason(rawValue: window[start &+ 13])
        return reason == .removeFromCRL ? nil : reason
    }
}

extension SerialNumber {
    /// - Parameter count: 1 to ``maximumOctets``.
    @inline(__always)
    fileprivate init(_ window: Span<UInt8>, at start: Int, count: UInt64) {
        let (first, second, third) = (window.word(at: start), window.word(at: start &+ 8), window.word(at: start &+ 16))
        // What was read behind the last octet is shifted out; what comes in above goes one place first, so that none is by 64.
        let excess = (24 &- count & 7) &* 8
        let high = first &>> excess
        let middle = second &>> excess | (first &<< 1) &<< (63 &- excess)
        let low = third &>> excess | (second &<< 1) &<< (63 &- excess)
        let octets = UInt8(truncatingIfNeeded: count)
        if count > 16 {
            self.init(high: high, middle: middle, low: low, count: octets)
        } else if count > 8 {
            self.init(high: 0, middle: high, low: middle, count: octets)
        } else {
            self.init(high: 0, middle: 0, low: high, count: octets)
        }
    }
}

extension Span<UInt8> {
    /// The eight octets from `offset` on, the first one highest.
    @inline(__always)
    fileprivate func word(at offset: Int) -> UInt64 {
        // SAFETY: the load is checked against the span's bounds, and every pattern of bits is a UInt64.
        UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

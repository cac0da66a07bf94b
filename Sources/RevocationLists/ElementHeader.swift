import DER

/// Tag and length of a DER element of which not all may have arrived. As strict as ``DERReader``, and with its failures.
///
/// Offsets are counted from the window's first octet. `end`, where what holds the element ends, may lie beyond the window.
struct ElementHeader {
    let tag: UInt8
    let start: Int
    let contents: Range<Int>

    /// What there is to say of an element from the octets at hand.
    enum Reading {
        case complete(ElementHeader)
        /// So many octets from its start are needed to say more.
        case needs(Int)
    }

    /// A length of four octets reaches 4 GiB, beyond every limit on what is read.
    private static let maximumLengthOctets = 4

    @inline(__always)
    static func read(_ tag: DERTag, _ window: Span<UInt8>, at start: Int, end: Int) throws(DERFailure) -> Reading {
        guard start < end else { throw DERFailure(.unexpectedEnd(expected: tag), at: start) }
        guard start < window.count else { return .needs(1) }
        guard window[start] == tag.rawValue else {
            throw DERFailure(.unexpectedTag(expected: tag, found: DERTag(rawValue: window[start])), at: start)
        }
        return try read(window, at: start, end: end)
    }

    @inline(__always)
    static func read(_ window: Span<UInt8>, at start: Int, end: Int) throws(DERFailure) -> Reading {
        guard end - start >= 2 else { throw DERFailure(.truncated, at: start) }
        guard window.count - start >= 2 else { return .needs(2) }
        guard window[start] & 0x1f != 0x1f else { throw DERFailure(.highTagNumber, at: start) }
        let first = Int(window[start + 1])
        guard first >= 0x80 else {
            guard first <= end - start - 2 else { throw DERFailure(.truncated, at: start) }
            return .complete(Self(tag: window[start], start: start, contents: (start + 2)..<(start + 2 + first)))
        }
        return try readLong(window, at: start, end: end, lengthOctets: first & 0x7f)
    }

    private static func readLong(
        _ window: Span<UInt8>, at start: Int, end: Int, lengthOctets count: Int
    ) throws(DERFailure) -> Reading {
        guard count > 0 else { throw DERFailure(.indefiniteLength, at: start + 1) }
        guard count <= maximumLengthOctets else { throw DERFailure(.lengthTooLong, at: start + 1) }
        let contentsStart = start + 2 + count
        guard contentsStart <= end else { throw DERFailure(.truncated, at: start + 2) }
        guard contentsStart <= window.count else { return .needs(2 + count) }
        var length = 0
        for offset in (start + 2)..<contentsStart { length = length << 8 | Int(window[offset]) }
        guard length >= 0x80, length >> ((count - 1) * 8) != 0 else { throw DERFailure(.lengthNotMinimal, at: start + 1) }
        guard length <= end - contentsStart else { throw DERFailure(.truncated, at: start) }
        return .complete(Self(tag: window[start], start: start, contents: contentsStart..<(contentsStart + length)))
    }
}

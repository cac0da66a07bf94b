/// A strict, bounded cursor over DER bytes (X.690 §10): definite lengths in shortest form only.
///
/// It shares the array it reads; everything it hands out is offsets into that array. Hostile input ends in a
/// ``DERFailure``, never in a trap: each offset is compared with ``end`` before it is used.
package struct DERReader: Sendable {
    /// X.509 as we read it nests less than ten deep.
    package static let maximumDepth = 24
    /// A length of four octets reaches 4 GiB, beyond every limit on what is read.
    private static let maximumLengthOctets = 4

    package let bytes: [UInt8]
    package private(set) var position: Int
    package let end: Int
    private let depth: Int

    package init(_ bytes: [UInt8]) {
        self.init(bytes, in: 0..<bytes.count, depth: 0)
    }

    /// Reads what lies in `range`, which must be a range of offsets that a reader of the same bytes handed out.
    package init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a range of other bytes")
        self.init(bytes, in: range, depth: 0)
    }

    private init(_ bytes: [UInt8], in range: Range<Int>, depth: Int) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
        self.depth = depth
    }

    package var isAtEnd: Bool { position == end }

    /// The tag of the next element, nil at the end.
    package var nextTag: DERTag? { position < end ? DERTag(rawValue: bytes[position]) : nil }

    package func requireEnd() throws(DERFailure) {
        guard isAtEnd else { throw DERFailure(.trailingBytes, at: position) }
    }

    /// A reader of the contents of a constructed element, or of what an OCTET STRING wraps.
    package func contents(of element: DERElement) throws(DERFailure) -> DERReader {
        guard depth < Self.maximumDepth else { throw DERFailure(.tooDeep, at: element.start) }
        return DERReader(bytes, in: element.contents, depth: depth + 1)
    }

    /// The next element, whatever its tag.
    package mutating func readElement() throws(DERFailure) -> DERElement {
        let start = position
        guard end - start >= 2 else { throw DERFailure(.truncated, at: start) }
        let identifier = bytes[start]
        guard identifier & 0x1f != 0x1f else { throw DERFailure(.highTagNumber, at: start) }
        var contentsStart = start + 2
        var length = Int(bytes[start + 1])
        if length >= 0x80 {
            let count = length & 0x7f
            length = try longLength(octets: count, from: contentsStart)
            contentsStart += count
        }
        guard length <= end - contentsStart else { throw DERFailure(.truncated, at: start) }
        position = contentsStart + length
        return DERElement(tag: DERTag(rawValue: identifier), start: start, contents: contentsStart..<position)
    }

    private func longLength(octets count: Int, from start: Int) throws(DERFailure) -> Int {
        guard count > 0 else { throw DERFailure(.indefiniteLength, at: start - 1) }
        guard count <= Self.maximumLengthOctets else { throw DERFailure(.lengthTooLong, at: start - 1) }
        guard count <= end - start else { throw DERFailure(.truncated, at: start) }
        var length = 0
        for offset in start..<(start + count) { length = length << 8 | Int(bytes[offset]) }
        guard length >= 0x80, length >> ((count - 1) * 8) != 0 else { throw DERFailure(.lengthNotMinimal, at: start - 1) }
        return length
    }

    /// The next element, which must carry `tag`.
    package mutating func read(_ tag: DERTag) throws(DERFailure) -> DERElement {
        guard position < end else { throw DERFailure(.unexpectedEnd(expected: tag), at: position) }
        let found = DERTag(rawValue: bytes[position])
        guard found == tag else { throw DERFailure(.unexpectedTag(expected: tag, found: found), at: position) }
        return try readElement()
    }

    /// The next element if it carries `tag`: an OPTIONAL field.
    package mutating func readIfPresent(_ tag: DERTag) throws(DERFailure) -> DERElement? {
        nextTag == tag ? try readElement() : nil
    }

    /// A reader of the next element's contents, which must carry `tag`.
    package mutating func readContents(_ tag: DERTag) throws(DERFailure) -> DERReader {
        try contents(of: read(tag))
    }

    package mutating func readContentsIfPresent(_ tag: DERTag) throws(DERFailure) -> DERReader? {
        guard let element = try readIfPresent(tag) else { return nil }
        return try contents(of: element)
    }

    package mutating func readSequence() throws(DERFailure) -> DERReader { try readContents(.sequence) }
}

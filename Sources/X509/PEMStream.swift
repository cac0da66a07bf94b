/// Decodes PEM text (RFC 7468) as it arrives, and keeps no more of it than a line: DER objects in base64 between labelled
/// lines, with any text around them.
package struct PEMStream: Sendable {
    package enum Event: Hashable, Sendable {
        /// A block begins.
        ///
        /// - Parameter line: of the BEGIN line, counted from one.
        case begin(label: String, line: Int)
        /// The block that began last has ended: its contents are complete.
        case end
    }

    /// What one step did with the text that it was given.
    package struct Step: Sendable {
        package let used: Int
        /// Not nil: the text behind what was used is not looked at yet.
        package let event: Event?
    }

    /// A boundary, or a header of an encrypted key: the usual are below 80. A longer line is base64, or text.
    private static let maximumLineOctets = 4096

    private enum Place {
        case outside
        case firstLine(Block)
        case contents(Block)
        /// Between the headers of an encrypted private key (RFC 1421 §4.4), which end with an empty line.
        case headers(Block)
    }

    private struct Block {
        let label: String
        let line: Int
        var decoder = Base64Decoder()
        var isEmpty = true
    }

    private var place = Place.outside
    private var lineNumber = 1
    /// The beginning of a line that has not arrived whole.
    private var carried: [UInt8] = []
    /// Not nil inside of a line that is too long to wait for.
    private var longLine: LongLine?

    private enum LongLine {
        case ignored
        /// Blanks count as the end of a line until something follows them.
        case base64(endsWithBlanks: Bool)
    }

    package init() {}

    /// Reads text until it is used up or a block begins or ends.
    ///
    /// - Parameter contents: what the block at hand holds is appended.
    package mutating func read(_ text: Span<UInt8>, into contents: inout [UInt8]) throws(PEMFailure) -> Step {
        var used = 0
        while used < text.count {
            let lineEnd = Self.lineEnd(text, from: used)
            let isWhole = lineEnd < text.count
            let event = try read(text, used..<lineEnd, isWhole: isWhole, into: &contents)
            used = isWhole ? lineEnd + 1 : lineEnd
            if isWhole { lineNumber += 1 }
            if let event { return Step(used: used, event: event) }
        }
        return Step(used: used, event: nil)
    }

    /// The text has ended.
    ///
    /// - Returns: what its last line was, which need not have had an end.
    package mutating func finish(into contents: inout [UInt8]) throws(PEMFailure) -> Event? {
        let nothing: [UInt8] = []
        let event = try read(nothing.span, 0..<0, isWhole: true, into: &contents)
        switch place {
        case .outside: return event
        case .firstLine(let block), .contents(let block), .headers(let block):
            throw PEMFailure(.missingEnd, line: block.line)
        }
    }

    // MARK: - Lines

    private static func lineEnd(_ text: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    private mutating func read(
        _ text: Span<UInt8>, _ range: Range<Int>, isWhole: Bool, into contents: inout [UInt8]
    ) throws(PEMFailure) -> Event? {
        if longLine != nil {
            try continueLongLine(text, range, into: &contents)
            if isWhole { longLine = nil }
            return nil
        }
        if isWhole, carried.isEmpty { return try readLine(text, Self.withoutBlanks(text, range), into: &contents) }
        for offset in range { carried.append(text[offset]) }
        var line: [UInt8] = []
        if isWhole || carried.count > Self.maximumLineOctets { swap(&line, &carried) }
        if isWhole { return try readLine(line.span, Self.withoutBlanks(line.span, line.indices), into: &contents) }
        if !line.isEmpty { try beginLongLine(line, into: &contents) }
        return nil
    }

    private static func withoutBlanks(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var end = range.upperBound
        while end > range.lowerBound, isBlank(text[end - 1]) { end -= 1 }
        return range.lowerBound..<end
    }

    private static func isBlank(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
    }

    private mutating func readLine(
        _ text: Span<UInt8>, _ line: Range<Int>, into contents: inout [UInt8]
    ) throws(PEMFailure) -> Event? {
        switch place {
        case .outside:
            guard PEMBoundary.begin.isPrefix(of: text, line) else { return nil }
            guard let label = PEMBoundary.begin.label(text, line) else { throw PEMFailure(.malformedBoundary, line: lineNumber) }
            place = .firstLine(Block(label: label, line: lineNumber))
            return .begin(label: label, line: lineNumber)
        case .headers(let block):
            if line.isEmpty { place = .contents(block) }
            if PEMBoundary.end.isPrefix(of: text, line) { throw PEMFailure(.missingEnd, line: block.line) }
            return nil
        case .firstLine(let block):
            let isBoundary = PEMBoundary.begin.isPrefix(of: text, line) || PEMBoundary.end.isPrefix(of: text, line)
            if !isBoundary, line.contains(where: { text[$0] == UInt8(ascii: ":") }) {
                place = .headers(block)
                return nil
            }
            return try readContents(block, text, line, into: &contents)
        case .contents(let block): return try readContents(block, text, line, into: &contents)
        }
    }

    private mutating func readContents(
        _ block: Block, _ text: Span<UInt8>, _ line: Range<Int>, into contents: inout [UInt8]
    ) throws(PEMFailure) -> Event? {
        if PEMBoundary.begin.isPrefix(of: text, line) { throw PEMFailure(.missingEnd, line: block.line) }
        guard PEMBoundary.end.isPrefix(of: text, line) else {
            try decode(text, line, into: &contents)
            return nil
        }
        guard PEMBoundary.end.label(text, line) == block.label else { throw PEMFailure(.labelMismatch, line: lineNumber) }
        var block = block
        let count = contents.count
        guard block.decoder.finish(into: &contents) else { throw PEMFailure(.malformedBase64, line: lineNumber) }
        guard !block.isEmpty || contents.count > count else { throw PEMFailure(.empty, line: block.line) }
        place = .outside
        return .end
    }

    /// Base64 of the block at hand.
    private mutating func decode(
        _ text: Span<UInt8>, _ characters: Range<Int>, into contents: inout [UInt8]
    ) throws(PEMFailure) {
        switch place {
        case .outside, .headers: preconditionFailure("base64 outside of a block")
        case .firstLine(var block), .contents(var block):
            let count = contents.count
            guard block.decoder.decode(text, characters, into: &contents) else {
                throw PEMFailure(.malformedBase64, line: lineNumber)
            }
            block.isEmpty = block.isEmpty && contents.count == count
            place = .contents(block)
        }
    }

    // MARK: - Lines that are too long to wait for

    private mutating func beginLongLine(_ line: [UInt8], into contents: inout [UInt8]) throws(PEMFailure) {
        let isBegin = PEMBoundary.begin.isPrefix(of: line.span, line.indices)
        switch place {
        case .outside where isBegin: throw PEMFailure(.malformedBoundary, line: lineNumber)
        case .headers(let block) where PEMBoundary.end.isPrefix(of: line.span, line.indices):
            throw PEMFailure(.missingEnd, line: block.line)
        case .outside, .headers: longLine = .ignored
        case .firstLine(let block), .contents(let block):
            if isBegin { throw PEMFailure(.missingEnd, line: block.line) }
            if PEMBoundary.end.isPrefix(of: line.span, line.indices) { throw PEMFailure(.labelMismatch, line: lineNumber) }
            longLine = .base64(endsWithBlanks: false)
            try continueLongLine(line.span, line.indices, into: &contents)
        }
    }

    private mutating func continueLongLine(
        _ text: Span<UInt8>, _ piece: Range<Int>, into contents: inout [UInt8]
    ) throws(PEMFailure) {
        guard case .base64(let endedWithBlanks) = longLine else { return }
        let characters = Self.withoutBlanks(text, piece)
        guard characters.isEmpty || !endedWithBlanks else { throw PEMFailure(.malformedBase64, line: lineNumber) }
        try decode(text, characters, into: &contents)
        longLine = .base64(endsWithBlanks: endedWithBlanks || characters.count < piece.count)
    }
}

/// The line that begins or ends a block.
enum PEMBoundary: String {
    case begin = "-----BEGIN "
    case end = "-----END "

    private static let dashes = 5

    func isPrefix(of text: Span<UInt8>, _ line: Range<Int>) -> Bool {
        guard line.count >= rawValue.utf8.count, text[line.lowerBound] == UInt8(ascii: "-") else { return false }
        return zip(line, rawValue.utf8).allSatisfy { text[$0] == $1 }
    }

    /// Nil unless it ends in dashes and its label is printable.
    func label(_ text: Span<UInt8>, _ line: Range<Int>) -> String? {
        let rest = line.dropFirst(rawValue.utf8.count)
        guard rest.count > Self.dashes, rest.suffix(Self.dashes).allSatisfy({ text[$0] == UInt8(ascii: "-") }) else { return nil }
        let label = rest.dropLast(Self.dashes).map { text[$0] }
        guard label.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
        return String(decoding: label, as: UTF8.self)
    }
}

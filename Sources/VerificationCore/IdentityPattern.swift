import PKITypes

/// A pattern over identity text. A segment ends at `:` or `/`; `*` matches one non-empty segment, `**` any rest that
/// holds at least one character, `{name}` one segment, with a name for it. Everything else matches itself, byte for byte.
///
/// `**` is allowed only at the end: matching is then one pass without backtracking, so no identity can make it slow.
package struct IdentityPattern: Hashable, Sendable {
    private enum Element: Hashable, Sendable {
        case literal([UInt8])
        case segment
        case rest
    }

    package let text: String
    private let elements: [Element]

    /// Why a pattern cannot be used, with the offset (in bytes) of the offending character.
    package enum Failure: Error, Equatable {
        case empty
        case unbalancedBrace(at: Int)
        case badCaptureName(at: Int)
        case duplicateCapture(String)
        case wildcardNotAWholeSegment(at: Int)
        case restNotAtTheEnd(at: Int)
    }

    package init(_ text: String) throws(Failure) {
        guard !text.isEmpty else { throw .empty }
        self.text = text
        elements = try Self.parse(Array(text.utf8))
    }

    package func matches(_ identity: DeviceIdentity) -> Bool { matches(identity.text.utf8.span) }

    /// The octets before the first wildcard: whatever matches begins with them.
    var literalPrefix: [UInt8] {
        guard case .literal(let octets) = elements.first else { return [] }
        return octets
    }

    func matches(_ identity: Span<UInt8>) -> Bool {
        var position = 0
        for element in elements {
            switch element {
            case .literal(let octets):
                guard identity.bytes.isEqual(to: octets.span.bytes, at: position) else { return false }
                position += octets.count
            case .segment:
                let start = position
                while position < identity.count, !Self.endsSegment(identity[position]) { position += 1 }
                guard position > start else { return false }
            case .rest:
                return position < identity.count
            }
        }
        return position == identity.count
    }

    private static func parse(_ octets: [UInt8]) throws(Failure) -> [Element] {
        var elements: [Element] = []
        var names: Set<String> = []
        var literal: [UInt8] = []
        var position = 0
        func flush() {
            if !literal.isEmpty { elements.append(.literal(literal)) }
            literal = []
        }
        while position < octets.count {
            let start = position
            switch octets[position] {
            case UInt8(ascii: "*"):
                position += 1
                if position < octets.count, octets[position] == UInt8(ascii: "*") {
                    position += 1
                    guard position == octets.count else { throw .restNotAtTheEnd(at: start) }
                    flush()
                    elements.append(.rest)
                } else {
                    flush()
                    elements.append(.segment)
                }
                try requireWholeSegment(octets, start..<position)
            case UInt8(ascii: "{"):
                guard let close = octets[position...].firstIndex(of: UInt8(ascii: "}")) else { throw .unbalancedBrace(at: start) }
                let name = octets[(position + 1)..<close]
                guard !name.isEmpty, name.allSatisfy(isNameOctet) else { throw .badCaptureName(at: start + 1) }
                let text = String(decoding: name, as: UTF8.self)
                guard names.insert(text).inserted else { throw .duplicateCapture(text) }
                position = close + 1
                flush()
                elements.append(.segment)
                try requireWholeSegment(octets, start..<position)
            case UInt8(ascii: "}"):
                throw .unbalancedBrace(at: start)
            default:
                literal.append(octets[position])
                position += 1
            }
        }
        flush()
        return elements
    }

    /// `pump*` would look like a prefix match but stop at the segment's end; only whole segments are wild.
    private static func requireWholeSegment(_ octets: [UInt8], _ range: Range<Int>) throws(Failure) {
        let opens = range.lowerBound == 0 || endsSegment(octets[range.lowerBound - 1])
        let closes = range.upperBound == octets.count || endsSegment(octets[range.upperBound])
        guard opens, closes else { throw .wildcardNotAWholeSegment(at: range.lowerBound) }
    }

    private static func endsSegment(_ octet: UInt8) -> Bool { octet == UInt8(ascii: ":") || octet == UInt8(ascii: "/") }

    private static func isNameOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// A JSON value (RFC 8259) as an inventory needs it: order kept, numbers as they are written.
package indirect enum JSONNode: Sendable {
    case null
    case literal(String)
    case string(String)
    case array([JSONNode])
    case object([(name: String, value: JSONNode)])

    package struct Fault: Error {
        /// Of the text, from its beginning.
        let offset: Int
        let expected: String
    }

    /// - Parameter octets: one value, and white space around it.
    package init(_ octets: [UInt8]) throws(Fault) {
        var parser = JSONNodeParser(octets)
        self = try parser.value(depth: 0)
        try parser.expectEnd()
    }

    package subscript(name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    package var text: String? {
        switch self {
        case .string(let text), .literal(let text): text
        case .null, .array, .object: nil
        }
    }
}

private struct JSONNodeParser {
    private let octets: [UInt8]
    private var position = 0

    /// Of arrays and objects within each other; an inventory needs three.
    private static let depthMax = 16

    init(_ octets: [UInt8]) { self.octets = octets }

    mutating func value(depth: Int) throws(JSONNode.Fault) -> JSONNode {
        guard depth < Self.depthMax else { throw fault("less depth") }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        default: return try literal()
        }
    }

    mutating func expectEnd() throws(JSONNode.Fault) {
        skipSpace()
        guard position == octets.count else { throw fault("the end of the object") }
    }

    private var current: UInt8? { position < octets.count ? octets[position] : nil }

    private func fault(_ expected: String) -> JSONNode.Fault { JSONNode.Fault(offset: position, expected: expected) }

    private mutating func skipSpace() {
        while let octet = current, octet == 0x20 || octet == 0x0a || octet == 0x0d || octet == 0x09 { position += 1 }
    }

    private mutating func expect(_ octet: UInt8, _ expected: String) throws(JSONNode.Fault) {
        skipSpace()
        guard current == octet else { throw fault(expected) }
        position += 1
    }

    private mutating func skip(_ octet: UInt8) -> Bool {
        skipSpace()
        guard current == octet else { return false }
        position += 1
        return true
    }

    private mutating func object(_ depth: Int) throws(JSONNode.Fault) -> JSONNode {
        position += 1
        var members: [(name: String, value: JSONNode)] = []
        if skip(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw fault("a member's name") }
            let name = try string()
            guard !members.contains(where: { $0.name == name }) else { throw fault("'\(name)' only once") }
            try expect(UInt8(ascii: ":"), "':'")
            members.append((name, try value(depth: depth + 1)))
        } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "',' or '}'")
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(JSONNode.Fault) -> JSONNode {
        position += 1
        var values: [JSONNode] = []
        if skip(UInt8(ascii: "]")) { return .array(values) }
        repeat { values.append(try value(depth: depth + 1)) } while skip(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "',' or ']'")
        return .array(values)
    }

    private mutating func literal() throws(JSONNode.Fault) -> JSONNode {
        let start = position
        while let octet = current, Self.isOfLiteral(octet) { position += 1 }
        let text = String(decoding: octets[start..<position], as: UTF8.self)
        switch text {
        case "null": return .null
        case "true", "false": return .literal(text)
        default:
            guard Double(text) != nil, text.first?.isNumber == true || text.first == "-" else {
                position = start
                throw fault("a JSON value")
            }
            return .literal(text)
        }
    }

    private static func isOfLiteral(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() throws(JSONNode.Fault) -> String {
        position += 1
        let start = position
        while let octet = current, octet != UInt8(ascii: "\""), octet != UInt8(ascii: "\\"), octet >= 0x20 { position += 1 }
        var text = Array(octets[start..<position])
        while let octet = current {
            position += 1
            switch octet {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault("UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
            case 0..<0x20: throw fault("an escape instead of a control character")
            default: text.append(octet)
            }
        }
        throw fault("'\"'")
    }

    private mutating func escaped() throws(JSONNode.Fault) -> Character {
        guard let octet = current else { throw fault("an escape") }
        position += 1
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(octet))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            guard (0xd800..<0xe000).contains(first) else { return try character(first) }
            guard first < 0xdc00, current == UInt8(ascii: "\\") else { throw fault("the other half of a surrogate pair") }
            position += 1
            guard current == UInt8(ascii: "u") else { throw fault("the other half of a surrogate pair") }
            position += 1
            let second = try hexadecimal()
            guard (0xdc00..<0xe000).contains(second) else { throw fault("the other half of a surrogate pair") }
            return try character(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        default: throw fault("an escape")
        }
    }

    private func character(_ number: UInt32) throws(JSONNode.Fault) -> Character {
        guard let scalar = Unicode.Scalar(number) else { throw fault("a character") }
        return Character(scalar)
    }

    private mutating func hexadecimal() throws(JSONNode.Fault) -> UInt32 {
        let digits = octets[position...].prefix(4)
        guard digits.count == 4, let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw fault("four hexadecimal digits")
        }
        position += 4
        return number
    }
}

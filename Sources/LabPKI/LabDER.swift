/// DER (ITU-T X.690) written by hand, so that a test can have every form that a well-behaved encoder refuses to write.
package enum LabDER {
    package static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { header(tag, length: content.count) + content }

    /// Tag and definite length, in the shortest form.
    package static func header(_ tag: UInt8, length: Int) -> [UInt8] {
        guard length >= 0x80 else { return [tag, UInt8(length)] }
        var octets: [UInt8] = []
        var rest = length
        while rest > 0 {
            octets.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(octets.count)] + octets
    }

    package static func sequence(_ elements: [[UInt8]]) -> [UInt8] { element(0x30, concatenation(elements)) }
    package static func sequence(_ elements: [UInt8]...) -> [UInt8] { sequence(elements) }

    /// SET OF: DER sorts the elements by their encoding (X.690 §11.6).
    package static func set(of elements: [[UInt8]]) -> [UInt8] {
        element(0x31, concatenation(elements.sorted { $0.lexicographicallyPrecedes($1) }))
    }

    /// An INTEGER from its content octets, written as they are, minimal or not.
    package static func integer(octets: [UInt8]) -> [UInt8] { element(0x02, octets) }

    /// A non-negative INTEGER.
    package static func integer(_ value: UInt64) -> [UInt8] {
        var octets = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) }
        while octets.count > 1, octets[0] == 0, octets[1] < 0x80 { octets.removeFirst() }
        if octets[0] >= 0x80 { octets.insert(0, at: 0) }
        return integer(octets: octets)
    }

    package static func enumerated(_ value: UInt8) -> [UInt8] { element(0x0a, [value]) }
    package static func boolean(_ value: Bool) -> [UInt8] { element(0x01, [value ? 0xff : 0x00]) }
    package static var null: [UInt8] { [0x05, 0x00] }
    package static func octetString(_ octets: [UInt8]) -> [UInt8] { element(0x04, octets) }
    package static func bitString(_ octets: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { element(0x03, [unusedBits] + octets) }
    package static func utf8String(_ text: String) -> [UInt8] { element(0x0c, Array(text.utf8)) }
    package static func printableString(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }
    package static func ia5String(_ text: String) -> [UInt8] { element(0x16, Array(text.utf8)) }

    /// A context tag around whole elements.
    package static func explicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { element(0xa0 | number, content) }

    /// A context tag instead of a primitive's own.
    package static func implicit(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { element(0x80 | number, content) }

    /// An OBJECT IDENTIFIER from its dotted form.
    package static func objectIdentifier(_ dotted: String) -> [UInt8] {
        let arcs = dotted.split(separator: ".", omittingEmptySubsequences: false).map { UInt64($0) }
        guard arcs.count >= 2, let first = arcs[0], let second = arcs[1], first <= 2, first == 2 || second < 40 else {
            preconditionFailure("'\(dotted)' is not an object identifier")
        }
        var content = base128(first * 40 + second)
        for arc in arcs.dropFirst(2) {
            guard let arc else { preconditionFailure("'\(dotted)' is not an object identifier") }
            content += base128(arc)
        }
        return element(0x06, content)
    }

    /// Array by array: `joined()` goes octet by octet, which takes seconds for a list of a million entries in a debug build.
    static func concatenation(_ parts: [[UInt8]]) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { octets.append(contentsOf: part) }
        return octets
    }

    private static func base128(_ value: UInt64) -> [UInt8] {
        var octets = [UInt8(value & 0x7f)]
        var rest = value >> 7
        while rest > 0 {
            octets.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
            rest >>= 7
        }
        return octets
    }
}

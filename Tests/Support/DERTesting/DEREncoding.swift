/// DER written by hand, right or deliberately wrong, without the code under test.
package enum Encode {
    package static func tlv(_ tag: UInt8, _ contents: [UInt8]...) -> [UInt8] {
        var written = [tag] + length(contents.reduce(0) { $0 + $1.count })
        for part in contents { written += part }
        return written
    }

    package static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        var octets: [UInt8] = []
        var rest = count
        while rest > 0 {
            octets.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [0x80 | UInt8(octets.count)] + octets
    }

    package static func sequence(_ parts: [UInt8]...) -> [UInt8] { tlv(0x30, parts.reduce([], +)) }
    package static func set(_ parts: [UInt8]...) -> [UInt8] { tlv(0x31, Array(parts.joined())) }
    package static func explicit(_ number: UInt8, _ parts: [UInt8]...) -> [UInt8] { tlv(0xa0 | number, Array(parts.joined())) }
    package static func implicit(_ number: UInt8, _ contents: [UInt8]) -> [UInt8] { tlv(0x80 | number, contents) }
    package static func integer(_ contents: UInt8...) -> [UInt8] { tlv(0x02, contents) }
    package static func integer(octets: [UInt8]) -> [UInt8] { tlv(0x02, octets) }
    package static func boolean(_ value: Bool) -> [UInt8] { tlv(0x01, [value ? 0xff : 0x00]) }
    package static func octetString(_ contents: [UInt8]) -> [UInt8] { tlv(0x04, contents) }
    package static func bitString(_ contents: [UInt8], unusedBits: UInt8 = 0) -> [UInt8] { tlv(0x03, [unusedBits], contents) }
    package static func enumerated(_ value: UInt8) -> [UInt8] { tlv(0x0a, [value]) }
    package static let null: [UInt8] = [0x05, 0x00]

    package static func utf8(_ text: String) -> [UInt8] { tlv(0x0c, Array(text.utf8)) }
    package static func printable(_ text: String) -> [UInt8] { tlv(0x13, Array(text.utf8)) }
    package static func ia5(_ text: String) -> [UInt8] { tlv(0x16, Array(text.utf8)) }
    package static func utcTime(_ text: String) -> [UInt8] { tlv(0x17, Array(text.utf8)) }
    package static func generalizedTime(_ text: String) -> [UInt8] { tlv(0x18, Array(text.utf8)) }

    /// Dotted text whose arcs fit a machine word.
    package static func oid(_ dotted: String) -> [UInt8] {
        let arcs = dotted.split(separator: ".").compactMap { UInt64($0) }
        precondition(arcs.count >= 2, "an identifier has two arcs: \(dotted)")
        return tlv(0x06, ([arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2)).flatMap(base128))
    }

    private static func base128(_ arc: UInt64) -> [UInt8] {
        var octets = [UInt8(arc & 0x7f)]
        var rest = arc >> 7
        while rest > 0 {
            octets.insert(UInt8(rest & 0x7f) | 0x80, at: 0)
            rest >>= 7
        }
        return octets
    }

    /// A name of single-valued relative names, least specific first.
    package static func name(_ attributes: [(type: String, value: [UInt8])]) -> [UInt8] {
        sequence(attributes.flatMap { set(sequence(oid($0.type), $0.value)) })
    }

    package static func extensionItem(_ identifier: String, critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        sequence(oid(identifier), critical ? boolean(true) : [], octetString(value))
    }

    package static func otherName(_ type: String, _ value: [UInt8]) -> [UInt8] { explicit(0, oid(type), explicit(0, value)) }
    package static func uriName(_ text: String) -> [UInt8] { implicit(6, Array(text.utf8)) }
    package static func dnsName(_ text: String) -> [UInt8] { implicit(2, Array(text.utf8)) }
}

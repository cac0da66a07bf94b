import DER
import DERTesting
import PKITypes
import Testing
import X509

@Suite("A distinguished name") struct DistinguishedNameTests {
    private static func decoded(_ bytes: [UInt8]) throws -> DistinguishedName {
        var reader = DERReader(bytes)
        let name = try DistinguishedName(from: &reader)
        try reader.requireEnd()
        return name
    }

    private static func commonName(_ value: [UInt8]) -> [UInt8] { Encode.name([("2.5.4.3", value)]) }

    @Test(
        "is the same in another string type, case or spacing",
        arguments: [
            (Encode.printable("Ward CA"), Encode.utf8("Ward CA")),
            (Encode.utf8("Ward CA"), Encode.utf8("wARD ca")),
            (Encode.utf8("Ward CA"), Encode.utf8("  Ward \t\n CA ")),
            (Encode.utf8("Ward CA"), Encode.ia5("ward ca")),
            (Encode.utf8("AB"), Encode.tlv(0x1e, [0, 0x41, 0, 0x42])),
            (Encode.utf8("AB"), Encode.tlv(0x1c, [0, 0, 0, 0x61, 0, 0, 0, 0x62])),
            (Encode.utf8("é"), Encode.tlv(0x14, [0xe9])),
            (Encode.utf8("€"), Encode.tlv(0x1e, [0x20, 0xac])),
            (Encode.utf8("a"), Encode.tlv(0x1a, [0x41])),
            (Encode.utf8(""), Encode.utf8("   ")),
        ] as [([UInt8], [UInt8])])
    func same(left: [UInt8], right: [UInt8]) throws {
        let (one, other) = try (Self.decoded(Self.commonName(left)), Self.decoded(Self.commonName(right)))
        #expect(one == other && one.hashValue == other.hashValue)
    }

    @Test(
        "is another when letters, accents, kind or structure differ",
        arguments: [
            (commonName(Encode.utf8("WardCA")), commonName(Encode.utf8("Ward CA"))),
            (commonName(Encode.utf8("É")), commonName(Encode.utf8("é"))),
            (commonName(Encode.utf8("a\u{a0}b")), commonName(Encode.utf8("a b"))),
            (commonName(Encode.utf8("a\u{0}")), commonName(Encode.utf8("a"))),
            (commonName(Encode.utf8("1")), commonName(Encode.tlv(0x12, [0x31]))),
            (commonName(Encode.octetString([0x31])), commonName(Encode.utf8("1"))),
            (commonName(Encode.utf8("a")), Encode.name([("2.5.4.10", Encode.utf8("a"))])),
            (
                Encode.name([("2.5.4.3", Encode.utf8("a")), ("2.5.4.3", Encode.utf8("b"))]),
                Encode.name([("2.5.4.3", Encode.utf8("b")), ("2.5.4.3", Encode.utf8("a"))])
            ),
            (
                Encode.name([("2.5.4.3", Encode.utf8("a")), ("2.5.4.3", Encode.utf8("b"))]),
                Encode.sequence(
                    Encode.set(
                        Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("a")),
                        Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("b"))))
            ),
            (Encode.name([]), commonName(Encode.utf8(""))),
        ] as [([UInt8], [UInt8])])
    func different(left: [UInt8], right: [UInt8]) throws {
        #expect(try Self.decoded(left) != Self.decoded(right))
    }

    @Test("whose values imitate the encoding of more attributes is not the name with more")
    func noInjection() throws {
        let two = try Self.decoded(Encode.name([("2.5.4.3", Encode.utf8("a")), ("2.5.4.3", Encode.utf8("b"))]))
        let tail = two.canonical.drop { $0 != UInt8(ascii: "a") }
        let imitation = try Self.decoded(Self.commonName(Encode.tlv(0x0c, Array(tail))))
        #expect(imitation != two)
    }

    @Test("does not depend on the order inside a set")
    func setOrder() throws {
        let a = Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("a"))
        let b = Encode.sequence(Encode.oid("2.5.4.5"), Encode.printable("1"))
        let (one, other) = try (Self.decoded(Encode.sequence(Encode.set(a, b))), Self.decoded(Encode.sequence(Encode.set(b, a))))
        #expect(one == other)
        #expect(one.display == "serialNumber=1+CN=a")
    }

    @Test(
        "reads as RFC 4514 text in which nothing is invisible",
        arguments: [
            (
                [
                    ("2.5.4.6", Encode.printable("DE")), ("2.5.4.10", Encode.utf8("St. Mary's")),
                    ("2.5.4.3", Encode.utf8("Pump 7")),
                ],
                "CN=Pump 7,O=St. Mary's,C=DE"
            ),
            ([("2.5.4.3", Encode.utf8("a,O=b"))], "CN=a\\,O=b"),
            ([("2.5.4.3", Encode.utf8(" #x+\"<>;\\ "))], "CN=\\ #x\\+\\\"\\<\\>\\;\\\\\\ "),
            ([("2.5.4.3", Encode.utf8("#1"))], "CN=\\#1"),
            ([("2.5.4.3", Encode.utf8("a\nb\u{0}\u{1b}[31m"))], "CN=a\\0Ab\\00\\1B[31m"),
            ([("2.5.4.3", Encode.utf8("a\u{202e}b\u{200b}c\u{a0}"))], "CN=a\\E2\\80\\AEb\\E2\\80\\8Bc\\C2\\A0"),
            ([("2.5.4.3", Encode.utf8("Müller 病院"))], "CN=Müller 病院"),
            ([("1.2.3.4", Encode.utf8("x")), ("2.5.4.3", Encode.octetString([1]))], "CN=#040101,1.2.3.4=x"),
            (
                [("1.2.840.113549.1.9.1", Encode.ia5("a@b.c")), ("0.9.2342.19200300.100.1.25", Encode.ia5("c"))],
                "DC=c,emailAddress=a@b.c"
            ),
            ([], ""),
        ] as [([(String, [UInt8])], String)])
    func display(attributes: [(String, [UInt8])], expected: String) throws {
        #expect(try Self.decoded(Encode.name(attributes)).display == expected)
    }
}

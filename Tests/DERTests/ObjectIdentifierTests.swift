import DER
import DERTesting
import Testing

@Suite("Object identifiers") struct ObjectIdentifierTests {
    @Test(
        "are read and written",
        arguments: [
            "0.0", "0.39", "1.39", "2.0", "2.999.3", "2.5.29.17", "1.3.6.1.5.5.7.8.4", "1.2.840.113549.1.1.11",
            "1.3.6.1.4.1.311.21.8.13142738.2133513.12798860.11206013.12143250.143.1234567.7654321",
        ])
    func roundTrip(dotted: String) throws {
        let bytes = Encode.oid(dotted)
        var reader = DERReader(bytes)
        let identifier = try reader.readObjectIdentifier()
        #expect(identifier.description == dotted)
        #expect(identifier.octets == Array(bytes.dropFirst(2)))
        #expect(ObjectIdentifier(dotted: dotted) == identifier)
    }

    @Test("hold a UUID arc of 128 bits")
    func uuidArc() {
        let text = "2.25.340282366920938463463374607431768211455"
        #expect(ObjectIdentifier(dotted: text)?.description == text)
    }

    @Test(
        "are refused when an arc is padded, cut short or too wide to be told apart",
        arguments: [
            [], [0x80], [0x80, 0x01], [0x2a, 0x80, 0x01], [0x2a, 0x81], [0xff],
            [0x2a, 0x84] + [UInt8](repeating: 0x80, count: 17) + [0x00],
            [0x2a] + [UInt8](repeating: 0xff, count: 40) + [0x7f],
            [UInt8](repeating: 0x01, count: ObjectIdentifier.maximumOctets + 1),
        ] as [[UInt8]])
    func refused(contents: [UInt8]) {
        #expect(ObjectIdentifier(contents: contents[...]) == nil)
    }

    @Test(
        "are not made from text that is not one",
        arguments: [
            "", "1", "3.1", "1.40", "0.40", "1..2", "1.2.", ".1.2", "1.02", "1.2.x", "1.-2", "1.+2", "1. 2",
            "1.2.340282366920938463463374607431768211456",
        ])
    func notDotted(text: String) {
        #expect(ObjectIdentifier(dotted: text) == nil)
    }

    @Test("differ when one is the start of the other or zero octets lead")
    func differ() throws {
        let short = try #require(ObjectIdentifier(contents: [0x2a, 0x03]))
        #expect(short != ObjectIdentifier(contents: [0x2a, 0x03, 0x04]))
        #expect(ObjectIdentifier(contents: [0x00]) != ObjectIdentifier(contents: [0x00, 0x00]))
        let long = [UInt8](repeating: 0x01, count: 17)
        #expect(ObjectIdentifier(contents: long[...]) == ObjectIdentifier(contents: long[...]))
        #expect(ObjectIdentifier(contents: long[...]) != ObjectIdentifier(contents: long.dropLast()))
    }

    @Test("name what the standards say")
    func known() {
        #expect(ObjectIdentifier.subjectAlternativeName.description == "2.5.29.17")
        #expect(ObjectIdentifier.hardwareModuleName.description == "1.3.6.1.5.5.7.8.4")
        #expect(ObjectIdentifier.permanentIdentifier.description == "1.3.6.1.5.5.7.8.3")
    }
}

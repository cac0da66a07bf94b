import DERTesting
import PKITypes
import Testing
import X509

@Suite("The identity of a certificate") struct IdentityTests {
    private static func read(_ sample: SampleCertificate, _ source: IdentitySource) throws -> String {
        let fingerprint = try #require(Fingerprint(octets: [UInt8](repeating: 0xab, count: 32)))
        return try identity(of: Certificate(der: sample.der), from: source, fingerprint: fingerprint).text
    }

    private static func uri(_ text: String) -> SampleCertificate {
        SampleCertificate(subjectAlternativeNames: Encode.uriName(text))
    }

    private static func subject(_ attributes: (String, [UInt8])...) -> SampleCertificate {
        var sample = SampleCertificate()
        sample.subject = Encode.name(attributes.map { (type: $0.0, value: $0.1) })
        return sample
    }

    @Test(
        "is a SAN URI as it stands",
        arguments: [
            "urn:hospital:device:pump:7", "urn:epc:id:sgtin:0614141.112345.400", "https://devices.example/pump/7?x=1#y",
            "spiffe://ward.example/pump/7", "spiffe://ward_1/a/B-c.d_e", "tag:example.com,2026:pump", "spiffe://w/...",
        ])
    func goodURI(text: String) throws {
        #expect(try Self.read(Self.uri(text), .sanURI) == text)
    }

    @Test(
        "is never a URI that can be read in two ways or as another kind",
        arguments: [
            "", "urn", "urn:", ":x", "URN:a:b", "1urn:a", "ur n:a", "urn:a b", "urn:a%20b", "urn:%70ump", "urn:a\"b", "urn:a<b",
            "urn:a\\b",
            "urn:a{b}", "urn:a|b", "urn:a^b", "urn:a`b", "dns:pump", "hw:1.2.3:00", "pid:7", "serial:7", "cn:pump", "cert:00",
            "DNS:pump",
            "Serial:7", "DNS:a, URI:spiffe://admin", "urn:a, URI:spiffe://admin/x", "SPIFFE://ward/pump",
            "urn:" + String(repeating: "a", count: 2045),
        ])
    func badURI(text: String) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.uri(text), .sanURI) }
    }

    @Test(
        "is never a SPIFFE ID that the standard does not allow",
        arguments: [
            "spiffe:", "spiffe:ward/pump", "spiffe:/ward/pump", "spiffe://", "spiffe:///pump", "spiffe://ward", "spiffe://ward/",
            "spiffe://ward/pump/", "spiffe://ward//pump", "spiffe://ward/./pump", "spiffe://ward/../pump", "spiffe://Ward/pump",
            "spiffe://ward:8443/pump", "spiffe://user@ward/pump", "spiffe://ward/pump?x", "spiffe://ward/pump#x",
            "spiffe://ward/pu%6dp",
            "spiffe://ward/pump:7", "spiffe://ward/pump~7", "spiffe://" + String(repeating: "a", count: 256) + "/pump",
        ])
    func badSPIFFE(text: String) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.uri(text), .sanURI) }
    }

    @Test("may be 2048 octets long and no longer")
    func longest() throws {
        let text = "urn:" + String(repeating: "a", count: IdentityLimits.maximumOctets - 4)
        #expect(try Self.read(Self.uri(text), .sanURI) == text)
        let name = String(repeating: "a", count: IdentityLimits.maximumOctets - 3)
        #expect(try Self.read(Self.subject(("2.5.4.3", Encode.utf8(name))), .subjectCommonName) == "cn:" + name)
        #expect(throws: IdentityFailure.malformed) {
            try Self.read(Self.subject(("2.5.4.3", Encode.utf8(name + "a"))), .subjectCommonName)
        }
    }

    @Test("is a DNS name in lower case", arguments: ["pump7", "pump-7.ward.example", "7.example", "xn--mller-kva.example"])
    func goodDNS(text: String) throws {
        #expect(try Self.read(SampleCertificate(subjectAlternativeNames: Encode.dnsName(text)), .sanDNS) == "dns:" + text)
    }

    @Test(
        "is never a DNS name that stands for many or has a second spelling",
        arguments: [
            "", ".", "pump.", ".pump", "a..b", "*.example", "pump*.example", "Pump.example", "pump_7", "-pump", "pump-", "a.-b",
            "10.0.0.1",
            "pump 7", "pump/7", "pump:7", "a.7", String(repeating: "a", count: 64),
            [String](repeating: "a", count: 128).joined(separator: "."),
        ])
    func badDNS(text: String) {
        #expect(throws: IdentityFailure.malformed) {
            try Self.read(SampleCertificate(subjectAlternativeNames: Encode.dnsName(text)), .sanDNS)
        }
    }

    @Test("is the subject's serial number, as it stands")
    func serialNumber() throws {
        #expect(try Self.read(Self.subject(("2.5.4.5", Encode.printable(" Ab-1:2 "))), .subjectSerialNumber) == "serial: Ab-1:2 ")
    }

    @Test(
        "is never a subject serial number of another string type or with characters it cannot have",
        arguments: [
            Encode.utf8("7"), Encode.ia5("7"), Encode.tlv(0x1e, [0, 0x37]), Encode.tlv(0x14, [0x37]), Encode.printable(""),
            Encode.printable("7_8"), Encode.printable("7\u{0}"), Encode.printable("7*"), Encode.tlv(0x13, [0xe9]),
            Encode.octetString([7]),
        ])
    func badSerialNumber(value: [UInt8]) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.subject(("2.5.4.5", value)), .subjectSerialNumber) }
    }

    @Test(
        "is the common name in UTF-8 or printable characters",
        arguments: [
            (Encode.utf8("Pump 7"), "cn:Pump 7"), (Encode.printable("Pump 7"), "cn:Pump 7"),
            (Encode.utf8("Müller 病院"), "cn:Müller 病院"),
        ] as [([UInt8], String)])
    func commonName(value: [UInt8], expected: String) throws {
        #expect(try Self.read(Self.subject(("2.5.4.10", Encode.utf8("O")), ("2.5.4.3", value)), .subjectCommonName) == expected)
    }

    @Test(
        "is never a common name that hides characters or is of a type with two readings",
        arguments: [
            Encode.utf8(""), Encode.utf8("pump\u{0}"), Encode.utf8("victim\u{0}evil"), Encode.utf8("a\u{202e}b"),
            Encode.utf8("a\u{200b}b"),
            Encode.utf8("a\u{feff}"), Encode.utf8("a\nb"), Encode.utf8("a\u{85}b"), Encode.utf8("a\u{2028}b"),
            Encode.utf8("a\u{a0}b"),
            Encode.utf8("a\u{e000}"), Encode.utf8("a\u{3164}"), Encode.utf8("a\u{fe0f}"), Encode.utf8("a\u{e0041}"),
            Encode.utf8("a\u{7f}"),
            Encode.tlv(0x1e, [0, 0x61]), Encode.tlv(0x1c, [0, 0, 0, 0x61]), Encode.tlv(0x14, [0x61]), Encode.ia5("a"),
            Encode.tlv(0x1a, [0x61]), Encode.printable("a_b"),
        ])
    func badCommonName(value: [UInt8]) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.subject(("2.5.4.3", value)), .subjectCommonName) }
    }

    @Test("is the certificate's own digest when certificates are registered")
    func registered() throws {
        #expect(try Self.read(SampleCertificate(), .registeredCertificate) == "cert:" + String(repeating: "ab", count: 32))
    }
}

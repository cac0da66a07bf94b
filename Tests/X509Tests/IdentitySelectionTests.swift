import DERTesting
import PKITypes
import Testing
import X509

@Suite("Exactly one identity of the anchor's kind") struct IdentitySelectionTests {
    private static let hardwareModule = "1.3.6.1.5.5.7.8.4"
    private static let permanent = "1.3.6.1.5.5.7.8.3"

    private static func read(_ sample: SampleCertificate, _ source: IdentitySource) throws -> String {
        let fingerprint = try #require(Fingerprint(octets: [UInt8](repeating: 0, count: 32)))
        return try identity(of: Certificate(der: sample.der), from: source, fingerprint: fingerprint).text
    }

    private static func other(_ type: String, _ value: [UInt8]) -> SampleCertificate {
        SampleCertificate(subjectAlternativeNames: Encode.otherName(type, value))
    }

    private static func module(_ serial: [UInt8]) -> [UInt8] {
        Encode.sequence(Encode.oid("1.3.6.1.4.1.99.1"), Encode.octetString(serial))
    }

    @Test("hardware module name")
    func hardware() throws {
        let sample = Self.other(Self.hardwareModule, Self.module([0x00, 0x1b, 0xc5]))
        #expect(try Self.read(sample, .hardwareModuleName) == "hw:1.3.6.1.4.1.99.1:001bc5")
    }

    @Test(
        "a malformed hardware module name refuses",
        arguments: [
            module([]), Encode.null, Encode.sequence(), Encode.sequence(Encode.oid("1.2.3")), module([1]).dropLast() + [1, 0],
            Encode.sequence(Encode.oid("1.2.3"), Encode.utf8("a")),
            Encode.sequence(Encode.oid("1.2.3"), Encode.octetString([1]), Encode.null),
            Encode.tlv(0x1e, [0, 0x61]), Encode.tlv(0x1c, [0, 0, 0, 0x61]),
        ] as [[UInt8]])
    func badHardware(value: [UInt8]) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.other(Self.hardwareModule, value), .hardwareModuleName) }
    }

    @Test(
        "permanent identifier, with its assigner when it has one",
        arguments: [
            (Encode.sequence(Encode.utf8("A7")), "pid:A7"),
            (Encode.sequence(Encode.utf8("A7"), Encode.oid("1.2.3")), "pid:1.2.3:A7"),
            (Encode.sequence(Encode.utf8("00:1b:c5")), "pid:00:1b:c5"),
            (Encode.sequence(Encode.utf8("1.2.3")), "pid:1.2.3"),
        ] as [([UInt8], String)])
    func permanentIdentifier(value: [UInt8], expected: String) throws {
        #expect(try Self.read(Self.other(Self.permanent, value), .permanentIdentifier) == expected)
    }

    @Test(
        "a malformed permanent identifier, or one that imitates an assigner, refuses",
        arguments: [
            Encode.sequence(), Encode.sequence(Encode.oid("1.2.3")), Encode.sequence(Encode.utf8("")),
            Encode.sequence(Encode.utf8("1.2.3:A7")),
            Encode.sequence(Encode.printable("A7")), Encode.sequence(Encode.tlv(0x1e, [0, 0x41])),
            Encode.sequence(Encode.utf8("a\u{0}b")),
            Encode.sequence(Encode.utf8("a\u{202e}b")), Encode.sequence(Encode.tlv(0x0c, [0xff])), Encode.utf8("A7"),
            Encode.sequence(Encode.utf8("A7"), Encode.oid("1.2.3"), Encode.null), Encode.sequence(Encode.utf8("A7"), Encode.null),
        ])
    func badPermanentIdentifier(value: [UInt8]) {
        #expect(throws: IdentityFailure.malformed) { try Self.read(Self.other(Self.permanent, value), .permanentIdentifier) }
    }

    private static let everyOtherKind: SampleCertificate = {
        var sample = SampleCertificate()
        sample.subject = Encode.sequence()
        sample.extensions = [
            Encode.extensionItem(
                "2.5.29.17", Encode.sequence(Encode.implicit(1, Array("a@b".utf8)), Encode.implicit(7, [1, 2, 3, 4])))
        ]
        return sample
    }()

    private static let readable = IdentitySource.allCases.filter { $0 != .registeredCertificate }

    @Test("none of the kind is missing, whatever else the certificate holds", arguments: readable)
    func missing(source: IdentitySource) {
        #expect(throws: IdentityFailure.missing) { try Self.read(Self.everyOtherKind, source) }
        var bare = SampleCertificate()
        bare.subject = Encode.sequence()
        #expect(throws: IdentityFailure.missing) { try Self.read(bare, source) }
    }

    @Test("a subject never stands in for a missing name, nor a name for a missing subject attribute")
    func noFallback() {
        var subjectOnly = SampleCertificate()
        subjectOnly.subject = Encode.name([("2.5.4.3", Encode.utf8("pump7.example")), ("2.5.4.5", Encode.printable("7"))])
        for source in [IdentitySource.sanURI, .sanDNS, .hardwareModuleName, .permanentIdentifier] {
            #expect(throws: IdentityFailure.missing) { try Self.read(subjectOnly, source) }
        }
        var namesOnly = SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:a:b"), Encode.dnsName("a"))
        namesOnly.subject = Encode.sequence()
        for source in [IdentitySource.subjectCommonName, .subjectSerialNumber] {
            #expect(throws: IdentityFailure.missing) { try Self.read(namesOnly, source) }
        }
    }

    @Test(
        "two of the kind are ambiguous, even when they are equal or one is malformed",
        arguments: [
            (SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:a"), Encode.uriName("urn:b")), IdentitySource.sanURI),
            (SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:a"), Encode.uriName("urn:a")), .sanURI),
            (SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:a"), Encode.uriName("")), .sanURI),
            (SampleCertificate(subjectAlternativeNames: Encode.dnsName("a"), Encode.dnsName("b")), .sanDNS),
            (
                SampleCertificate(
                    subjectAlternativeNames: Encode.otherName(hardwareModule, module([1])),
                    Encode.otherName(hardwareModule, module([2]))),
                .hardwareModuleName
            ),
            (
                SampleCertificate(
                    subjectAlternativeNames: Encode.otherName(permanent, Encode.sequence(Encode.utf8("a"))),
                    Encode.otherName(permanent, Encode.sequence(Encode.utf8("b")))), .permanentIdentifier
            ),
        ] as [(SampleCertificate, IdentitySource)])
    func ambiguousNames(sample: SampleCertificate, source: IdentitySource) {
        #expect(throws: IdentityFailure.ambiguous) { try Self.read(sample, source) }
    }

    @Test("two subject attributes of the kind are ambiguous, in one relative name or in two")
    func ambiguousSubject() {
        let a = Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("a"))
        let b = Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("b"))
        for subject in [Encode.sequence(Encode.set(a, b)), Encode.sequence(Encode.set(a), Encode.set(b))] {
            var sample = SampleCertificate()
            sample.subject = subject
            #expect(throws: IdentityFailure.ambiguous) { try Self.read(sample, .subjectCommonName) }
        }
    }

    @Test("names of other kinds do not disturb the one that is read")
    func othersIgnored() throws {
        let sample = SampleCertificate(
            subjectAlternativeNames: Encode.uriName("urn:a:b"), Encode.dnsName("a.example"), Encode.dnsName("*.example"),
            Encode.otherName("1.2.3", Encode.null), Encode.otherName(Self.hardwareModule, Self.module([1])))
        #expect(try Self.read(sample, .sanURI) == "urn:a:b")
        #expect(try Self.read(sample, .hardwareModuleName) == "hw:1.3.6.1.4.1.99.1:01")
        #expect(try Self.read(sample, .subjectCommonName) == "cn:Pump 7")
    }

    @Test("a malformed SAN refuses every kind, the subject's too", arguments: IdentitySource.allCases)
    func malformedExtension(source: IdentitySource) {
        let sample = SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:good"), Encode.uriName("urn:a\u{0}b"))
        #expect(throws: IdentityFailure.malformed) { try Self.read(sample, source) }
    }
}

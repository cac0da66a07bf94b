import DER
import DERTesting
import PKITypes
import Testing
import X509

@Suite("A certificate") struct CertificateTests {
    @Test("gives what it says")
    func fields() throws {
        var sample = SampleCertificate()
        sample.extensions = [
            Encode.extensionItem("2.5.29.19", critical: true, Encode.sequence(Encode.boolean(true), Encode.integer(3))),
            Encode.extensionItem("2.5.29.15", critical: true, Encode.bitString([0x06], unusedBits: 1)),
            Encode.extensionItem("2.5.29.37", Encode.sequence(Encode.oid("1.3.6.1.5.5.7.3.2"), Encode.oid("1.2.3"))),
            Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [7, 8]))),
            Encode.extensionItem("2.5.29.14", Encode.octetString([9])),
        ]
        let certificate = try Certificate(der: sample.der)
        #expect(certificate.version == .v3 && certificate.serial.description == "1234")
        #expect(Array(certificate.bytes[certificate.toBeSigned]) == sample.toBeSigned)
        #expect(Array(certificate.bytes[certificate.issuerRange]) == sample.issuer)
        #expect(Array(certificate.bytes[certificate.subjectRange]) == sample.subject)
        #expect(Array(certificate.bytes[certificate.subjectPublicKeyInfo]) == sample.publicKey)
        #expect(certificate.bytes[certificate.signature].count == 64)
        #expect(certificate.publicKeyAlgorithm.algorithm.description == "1.2.840.10045.2.1")
        #expect(certificate.issuer.display == "CN=Ward CA,C=DE" && certificate.subject.display == "CN=Pump 7,O=Hospital")
        #expect(certificate.validity.notBefore == UnixSeconds(1_767_225_600))
        #expect(certificate.validity.notAfter == UnixSeconds(253_402_300_799))
        let extensions = certificate.extensions
        #expect(extensions.basicConstraints == BasicConstraints(isCA: true, pathLength: 3))
        #expect(extensions.keyUsage == [.keyCertSign, .cRLSign])
        #expect(extensions.extendedKeyUsage?.map(\.description) == ["1.3.6.1.5.5.7.3.2", "1.2.3"])
        #expect(extensions.authorityKeyIdentifier == [7, 8] && extensions.subjectKeyIdentifier == [9])
        #expect(extensions.critical == [.basicConstraints, .keyUsage])
        #expect(extensions.subjectAlternativeNames == .success([]))
    }

    @Test(
        "may be of version 1, have no subject, and hold a serial number of any sign up to 24 octets",
        arguments: [
            [0], [0xff], [0, 0x80], [UInt8](repeating: 1, count: 20), [0] + [UInt8](repeating: 0xff, count: 20),
            [UInt8](repeating: 1, count: 24),
        ] as [[UInt8]])
    func lenient(serial: [UInt8]) throws {
        var sample = SampleCertificate()
        sample.version = []
        sample.subject = Encode.sequence()
        sample.serial = Encode.integer(octets: serial)
        let certificate = try Certificate(der: sample.der)
        #expect(certificate.serial.octets == serial && certificate.subject.display.isEmpty)
        #expect(certificate.extensions.all.isEmpty && certificate.extensions.basicConstraints == nil)
    }

    @Test("that spells out a FALSE which DER leaves out is read as what it says")
    func explicitFalse() throws {
        var sample = SampleCertificate()
        sample.extensions = [
            Encode.sequence(
                Encode.oid("2.5.29.19"), Encode.boolean(false), Encode.octetString(Encode.sequence(Encode.boolean(false))))
        ]
        let extensions = try Certificate(der: sample.der).extensions
        #expect(extensions.basicConstraints == BasicConstraints(isCA: false, pathLength: nil) && extensions.critical.isEmpty)
    }

    private static func ocsp(_ method: String) -> [UInt8] {
        Encode.extensionItem(
            "1.3.6.1.5.5.7.1.1", Encode.sequence(Encode.sequence(Encode.oid(method), Encode.uriName("http://o/"))))
    }

    @Test(
        "names a revocation source in a distribution point or a responder, not in a link to its issuer",
        arguments: [
            (nil, false),
            ([Encode.extensionItem("2.5.29.31", Encode.sequence(Encode.sequence()))], true),
            ([ocsp("1.3.6.1.5.5.7.48.1")], true),
            ([ocsp("1.3.6.1.5.5.7.48.2")], false),
            ([Encode.extensionItem("2.5.29.56", Encode.null)], false),
        ] as [([[UInt8]]?, Bool)])
    func revocationSource(extensions: [[UInt8]]?, expected: Bool) throws {
        var sample = SampleCertificate()
        sample.extensions = extensions
        let certificate = try Certificate(der: sample.der)
        #expect(certificate.namesRevocationSource == expected)
        let saysNone = certificate.extensions.all.contains { $0.identifier == .noRevocationAvailable }
        #expect(certificate.extensions.noRevocationAvailable == saysNone)
    }

    @Test("lists every name of its subjectAlternativeName with its type")
    func alternativeNames() throws {
        let address: [UInt8] = [10, 0, 0, 1]
        let directory = Encode.explicit(4, Encode.name([("2.5.4.3", Encode.utf8("X"))]))
        let sample = SampleCertificate(
            subjectAlternativeNames: Encode.uriName("urn:a:b"), Encode.dnsName("a.example"),
            Encode.implicit(1, Array("a@b".utf8)),
            Encode.implicit(7, address), directory, Encode.implicit(8, [0x2a, 0x03]), Encode.otherName("1.2.3", Encode.utf8("v")),
            Encode.explicit(3, []), Encode.explicit(5, []))
        let names = try Certificate(der: sample.der).extensions.subjectAlternativeNames.get()
        let identifier = try #require(ObjectIdentifier(dotted: "1.2.3"))
        let registered = try #require(ObjectIdentifier(dotted: "1.2.3"))
        #expect(names.count == 9)
        #expect(names[0] == .uri("urn:a:b") && names[1] == .dns("a.example") && names[2] == .rfc822("a@b"))
        #expect(names[3] == .ip(address) && names[5] == .registeredID(registered))
        #expect(names[6] == .otherName(type: identifier, value: Encode.utf8("v")))
        #expect(names[7] == .other(choice: 3) && names[8] == .other(choice: 5))
        if case .directoryName(let name) = names[4] { #expect(name.display == "CN=X") } else { Issue.record("not a name") }
    }

    @Test(
        "keeps a malformed subjectAlternativeName as a failure instead of dropping it",
        arguments: [
            Encode.sequence(), Encode.sequence(Encode.uriName("urn:a\u{0}b")), Encode.sequence(Encode.uriName("urn:é")),
            Encode.sequence(Encode.dnsName("a\nb")), Encode.sequence(Encode.dnsName("a\u{7f}")),
            Encode.sequence(Encode.implicit(7, [1, 2, 3])),
            Encode.sequence(Encode.implicit(9, [1])), Encode.sequence(Encode.explicit(6, Encode.ia5("urn:a"))),
            Encode.sequence(Encode.explicit(0, Encode.oid("1.2.3"))), Encode.sequence(Encode.implicit(8, [0x80])),
            Encode.sequence(Encode.uriName("urn:a")) + [0], Encode.sequence(Encode.uriName("urn:good"), [0x82, 0x05, 0x61]),
            Encode.sequence(Encode.explicit(4, Encode.sequence(Encode.set()))), [], [0x30, 0x80, 0, 0],
            Encode.sequence([UInt8]((0...SubjectAlternativeName.maximumCount).flatMap { _ in Encode.dnsName("a") })),
        ] as [[UInt8]])
    func malformedAlternativeNames(value: [UInt8]) throws {
        var sample = SampleCertificate()
        sample.extensions = [Encode.extensionItem("2.5.29.17", value)]
        let result = try Certificate(der: sample.der).extensions.subjectAlternativeNames
        #expect(throws: DERFailure.self) { try result.get() }
    }
}

import DER
import DERTesting
import Testing
import X509

@Suite("A malformed certificate") struct MalformedCertificateTests {
    private static func changed(_ change: (inout SampleCertificate) -> Void) -> [UInt8] {
        var sample = SampleCertificate(subjectAlternativeNames: Encode.uriName("urn:a:b"))
        change(&sample)
        return sample.der
    }

    private static func with(_ identifier: String, _ value: [UInt8]) -> [UInt8] {
        changed { $0.extensions = [Encode.extensionItem(identifier, value)] }
    }

    @Test(
        "is refused with its reason",
        arguments: [
            (changed { $0.version = Encode.explicit(0, Encode.integer(0)) }, DERFailure.Reason.unsupportedVersion),
            (changed { $0.version = Encode.explicit(0, Encode.integer(3)) }, .unsupportedVersion),
            (changed { $0.version = Encode.explicit(0, Encode.integer(0xff)) }, .integerOutOfRange),
            (changed { $0.version = [] }, .fieldForbiddenByVersion),
            (changed { $0.version = Encode.explicit(0, Encode.integer(1)) }, .fieldForbiddenByVersion),
            (
                changed {
                    $0.version = []; $0.extensions = nil; $0.uniqueIdentifiers = Encode.implicit(1, [0])
                }, .fieldForbiddenByVersion
            ),
            (changed { $0.serial = Encode.integer(octets: [UInt8](repeating: 1, count: 25)) }, .serialNumberTooLong),
            (changed { $0.serial = Encode.integer(0, 1) }, .integerInvalid),
            (changed { $0.outerAlgorithm = Encode.sequence(Encode.oid("1.2.840.10045.4.3.3")) }, .signatureAlgorithmMismatch),
            (
                changed { $0.outerAlgorithm = Encode.sequence(Encode.oid("1.2.840.10045.4.3.2"), Encode.null) },
                .signatureAlgorithmMismatch
            ),
            (changed { $0.issuer = Encode.sequence() }, .emptyIssuer),
            (changed { $0.issuer = Encode.sequence(Encode.set()) }, .emptySequence),
            (changed { $0.issuer = Encode.name([("2.5.4.3", Encode.tlv(0x0c, [0xc3, 0x28]))]) }, .textInvalid),
            (changed { $0.subject = Encode.name([("2.5.4.3", Encode.tlv(0x0c, [0xed, 0xa0, 0x80]))]) }, .textInvalid),
            (changed { $0.subject = Encode.name([("2.5.4.3", Encode.tlv(0x1e, [0x00]))]) }, .textInvalid),
            (changed { $0.subject = Encode.name([("2.5.4.3", Encode.tlv(0x1e, [0xd8, 0x00]))]) }, .textInvalid),
            (changed { $0.subject = Encode.name([("2.5.4.3", Encode.tlv(0x1c, [0, 0x11, 0, 0]))]) }, .textInvalid),
            (
                changed { $0.subject = Encode.name((0...NameAttribute.maximumCount).map { _ in ("2.5.4.3", Encode.utf8("a")) }) },
                .tooMany(limit: NameAttribute.maximumCount)
            ),
            (changed { $0.notBefore = Encode.utcTime("260101000000") }, .timeInvalid),
            (changed { $0.notAfter = Encode.generalizedTime("20270101000000.5Z") }, .timeInvalid),
            (changed { $0.extensions = [] }, .emptySequence),
            (changed { $0.afterExtensions = Encode.null }, .trailingBytes),
            (changed { $0.trailing = [0] }, .trailingBytes),
            (changed { $0.signature = Encode.bitString([2], unusedBits: 1) }, .bitStringInvalid),
            (with("2.5.29.19", Encode.sequence(Encode.integer(0))), .extensionInvalid(.basicConstraints)),
            (with("2.5.29.19", Encode.sequence(Encode.boolean(true), Encode.integer(0xff))), .integerOutOfRange),
            (with("2.5.29.19", Encode.sequence(Encode.tlv(1, [1]))), .booleanInvalid),
            (with("2.5.29.19", Encode.sequence() + Encode.null), .trailingBytes),
            (with("2.5.29.15", Encode.bitString([])), .extensionInvalid(.keyUsage)),
            (with("2.5.29.15", Encode.bitString([0])), .extensionInvalid(.keyUsage)),
            (with("2.5.29.15", Encode.bitString([0x81], unusedBits: 1)), .bitStringInvalid),
            (with("2.5.29.37", Encode.sequence()), .emptySequence),
            (with("2.5.29.31", Encode.sequence()), .emptySequence),
            (with("1.3.6.1.5.5.7.1.1", Encode.sequence()), .emptySequence),
            (with("2.5.29.56", [5, 1, 0]), .nullInvalid),
            ([UInt8](repeating: 0x30, count: Certificate.maximumOctets + 1), .tooLarge(limit: Certificate.maximumOctets)),
        ] as [([UInt8], DERFailure.Reason)])
    func refused(bytes: [UInt8], reason: DERFailure.Reason) {
        let failure = #expect(throws: DERFailure.self) { try Certificate(der: bytes) }
        #expect(failure?.reason == reason)
    }

    @Test("names an extension that stands there twice, known or not", arguments: ["2.5.29.17", "1.2.3.4"])
    func duplicateExtension(identifier: String) throws {
        let item = Encode.extensionItem(identifier, Encode.sequence(Encode.uriName("urn:a:b")))
        let failure = #expect(throws: DERFailure.self) { try Certificate(der: Self.changed { $0.extensions = [item, item] }) }
        #expect(failure?.reason == .duplicateExtension(try #require(ObjectIdentifier(dotted: identifier))))
    }

    @Test("with more extensions than any has is refused")
    func tooManyExtensions() {
        let items = (0...CertificateExtension.maximumCount).map { Encode.extensionItem("1.2.\($0)", Encode.null) }
        let failure = #expect(throws: DERFailure.self) { try Certificate(der: Self.changed { $0.extensions = items }) }
        #expect(failure?.reason == .tooMany(limit: CertificateExtension.maximumCount))
    }

    private static let full: [UInt8] = changed {
        $0.extensions = [
            Encode.extensionItem("2.5.29.19", critical: true, Encode.sequence()),
            Encode.extensionItem("2.5.29.15", critical: true, Encode.bitString([0x80], unusedBits: 7)),
            Encode.extensionItem("2.5.29.17", Encode.sequence(Encode.uriName("urn:a:b"), Encode.otherName("1.2.3", Encode.null))),
            Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [7, 8]))),
        ]
    }

    @Test("cut short anywhere is refused")
    func truncation() {
        for count in 0..<Self.full.count {
            #expect(throws: DERFailure.self) { try Certificate(der: Array(Self.full.prefix(count))) }
        }
    }

    @Test("with any one octet changed to any other is read or refused, and never traps")
    func corruption() throws {
        #expect(throws: Never.self) { try Certificate(der: Self.full) }
        var refused = 0
        for position in Self.full.indices {
            for value in UInt8.min...UInt8.max where value != Self.full[position] {
                var changed = Self.full
                changed[position] = value
                do {
                    let certificate = try Certificate(der: changed)
                    #expect(certificate.bytes == changed)
                } catch {
                    #expect(error.offset <= changed.count && !error.description.isEmpty)
                    refused += 1
                }
            }
        }
        #expect(refused > Self.full.count * 64)
    }
}

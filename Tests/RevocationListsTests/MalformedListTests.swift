import DER
import DERTesting
import RevocationLists
import Testing

@Suite("A malformed revocation list") struct MalformedListTests {
    private static let full = SampleList(
        entries: [
            SampleList.entry([9], extensions: [SampleList.reason(1)]), SampleList.entry([0, 0x93, 4]),
        ],
        extensions: [
            Encode.extensionItem("2.5.29.20", Encode.integer(1)),
            Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [1, 2, 3]))),
        ])

    /// A delta of an indirect partition: everything that a list can have.
    private static let indirect = SampleList(
        entries: [
            SampleList.entry([9], extensions: [SampleList.reason(8), certificateIssuer]), SampleList.entry([3]),
        ],
        extensions: [
            Encode.extensionItem("2.5.29.20", Encode.integer(7)),
            Encode.extensionItem("2.5.29.27", critical: true, Encode.integer(1)),
            Encode.extensionItem("2.5.29.28", critical: true, scope),
        ])

    private static let ward = Encode.name([("2.5.4.3", Encode.utf8("Ward 2"))])
    private static let certificateIssuer = Encode.extensionItem(
        "2.5.29.29", critical: true, Encode.sequence(Encode.explicit(4, ward)))
    private static let scope = Encode.sequence(
        Encode.explicit(0, Encode.explicit(1, Encode.sequence(Encode.oid("2.5.4.3"), Encode.utf8("A")))),
        Encode.implicit(3, [0x01, 0x06]), Encode.implicit(4, [0xff]))

    private static func changed(_ change: (inout SampleList) -> Void) -> [UInt8] {
        var sample = full
        change(&sample)
        return sample.der
    }

    @Test(
        "is refused with its reason",
        arguments: [
            (changed { $0.version = Encode.integer(0) }, DERFailure.Reason.unsupportedVersion),
            (changed { $0.version = Encode.integer(2) }, .unsupportedVersion),
            (changed { $0.version = [] }, .fieldForbiddenByVersion),
            (
                changed {
                    $0.version = []; $0.extensions = nil
                }, .fieldForbiddenByVersion
            ),
            (changed { $0.outerAlgorithm = Encode.sequence(Encode.oid("1.2.3")) }, .signatureAlgorithmMismatch),
            (
                changed {
                    $0.outerAlgorithm += []; $0.signedAlgorithm = Encode.sequence(Encode.oid("1.2.840.10045.4.3.2"), Encode.null)
                },
                .signatureAlgorithmMismatch
            ),
            (changed { $0.issuer = Encode.sequence() }, .emptyIssuer),
            (changed { $0.thisUpdate = Encode.utcTime("2601010000Z") }, .timeInvalid),
            (changed { $0.nextUpdate = Encode.utcTime("260108000000+0100") }, .timeInvalid),
            (changed { $0.trailing = [0] }, .trailingBytes),
            (changed { $0.extensions = [] }, .emptySequence),
            (changed { $0.signature = Encode.bitString([2], unusedBits: 1) }, .bitStringInvalid),
            (changed { $0.entries = [SampleList.entry([])] }, .integerInvalid),
            (changed { $0.entries = [SampleList.entry([0, 1])] }, .integerInvalid),
            (changed { $0.entries = [SampleList.entry([UInt8](repeating: 1, count: 25))] }, .serialNumberTooLong),
            (changed { $0.extensions = [Encode.extensionItem("2.5.29.20", Encode.integer(0xff))] }, .integerOutOfRange),
            (
                changed {
                    $0.extensions = [Encode.extensionItem("2.5.29.20", Encode.integer(octets: [UInt8](repeating: 1, count: 21)))]
                },
                .integerOutOfRange
            ),
            (changed { $0.extensions = [Encode.extensionItem("2.5.29.20", Encode.integer(1) + [0])] }, .trailingBytes),
            (
                changed {
                    $0.extensions = [
                        Encode.extensionItem("1.2.3", [UInt8](repeating: 0, count: ListLimits.maximumExtensionOctets))
                    ]
                },
                .tooLarge(limit: ListLimits.maximumExtensionOctets)
            ),
        ] as [([UInt8], DERFailure.Reason)])
    func refused(bytes: [UInt8], reason: DERFailure.Reason) {
        let failure = #expect(throws: DERFailure.self) { try CertificateRevocationList(der: bytes) }
        #expect(failure?.reason == reason)
    }

    @Test("names an extension that stands there twice")
    func duplicateExtension() throws {
        let number = Encode.extensionItem("2.5.29.20", Encode.integer(1))
        let failure = #expect(throws: DERFailure.self) {
            try CertificateRevocationList(der: SampleList(extensions: [number, number]).der)
        }
        #expect(failure?.reason == .duplicateExtension(.cRLNumber))
    }

    @Test("cut short anywhere is refused", arguments: [full.der, indirect.der])
    func truncation(bytes: [UInt8]) {
        for count in 0..<bytes.count {
            #expect(throws: DERFailure.self) { try CertificateRevocationList(der: Array(bytes.prefix(count))) }
        }
    }

    @Test("T21: with any one octet changed to any other is read or refused, and never traps", arguments: [full.der, indirect.der])
    func corruption(bytes: [UInt8]) throws {
        #expect(throws: Never.self) { try CertificateRevocationList(der: bytes) }
        var refused = 0
        for position in bytes.indices {
            for value in UInt8.min...UInt8.max where value != bytes[position] {
                var changed = bytes
                changed[position] = value
                do {
                    #expect(try CertificateRevocationList(der: changed).entries.count <= 2)
                } catch {
                    #expect(error.offset <= bytes.count)
                    refused += 1
                }
            }
        }
        #expect(refused > bytes.count * 64)
    }
}

import DER
import DERTesting
import PKITypes
import RevocationLists
import Testing

@Suite("A revocation list") struct CertificateRevocationListTests {
    private static let number = Encode.extensionItem("2.5.29.20", Encode.integer(0x2a))

    private static func serial(_ octets: UInt8...) throws -> SerialNumber { try #require(SerialNumber(octets: octets)) }
    private let three: SerialNumber
    private let nine: SerialNumber

    init() throws {
        three = try Self.serial(3)
        nine = try Self.serial(9)
    }

    @Test("gives what it says")
    func fields() throws {
        let sample = SampleList(
            entries: [
                SampleList.entry([9], at: "251231120000Z", extensions: [SampleList.reason(1)]), SampleList.entry([3]),
            ],
            extensions: [
                Self.number, Encode.extensionItem("2.5.29.35", Encode.sequence(Encode.implicit(0, [1, 2, 3]))),
            ])
        let list = try CertificateRevocationList(der: sample.der)
        #expect(Array(list.bytes[list.toBeSigned]) == sample.toBeSigned)
        #expect(Array(list.bytes[list.signature]) == [UInt8](repeating: 0x5a, count: 64))
        #expect(list.facts.signatureAlgorithm == SampleCertificate.ecdsaWithSHA256)
        #expect(list.issuer.display == "CN=Ward CA")
        #expect(list.thisUpdate == UnixSeconds(1_767_225_600) && list.nextUpdate == UnixSeconds(1_767_830_400))
        #expect(list.number == CRLNumber(octets: [0x2a]) && list.authorityKeyIdentifier == [1, 2, 3])
        #expect(list.support == .supported)
        #expect(list.entries.map(\.serial) == [three, nine])
        #expect(list.entry(for: nine)?.reason == .keyCompromise)
        #expect(list.entry(for: three)?.reason == .unspecified)
        #expect(list.entry(for: three)?.revokedAt == UnixSeconds(1_767_182_400))
        for absent in [try Self.serial(4), try Self.serial(0)] { #expect(list.entry(for: absent) == nil) }
    }

    @Test("may be empty, of version 1, and without nextUpdate")
    func minimal() throws {
        #expect(try CertificateRevocationList(der: SampleList().der).entries.isEmpty)
        #expect(try CertificateRevocationList(der: SampleList(entries: []).der).entries.isEmpty)
        var sample = SampleList(entries: [SampleList.entry([1])])
        sample.version = []
        sample.nextUpdate = []
        let list = try CertificateRevocationList(der: sample.der)
        #expect(list.nextUpdate == nil && list.number == nil && list.entries.count == 1)
    }

    @Test("keeps a serial number once, with its earliest revocation")
    func duplicates() throws {
        let sample = SampleList(entries: [
            SampleList.entry([5], at: "260101000000Z"), SampleList.entry([2]), SampleList.entry([5], at: "250101000000Z"),
        ])
        let list = try CertificateRevocationList(der: sample.der)
        let (two, five) = (try Self.serial(2), try Self.serial(5))
        #expect(list.entries.map(\.serial) == [two, five])
        #expect(list.entry(for: five)?.revokedAt == UnixSeconds(1_735_689_600))
    }

    @Test("finds each of many entries, and none that is not there")
    func search() throws {
        let present = (0..<500).map { [UInt8(1 + $0 / 200), UInt8($0 % 200)] }.shuffled()
        let list = try CertificateRevocationList(der: SampleList(entries: present.map { SampleList.entry($0) }).der)
        #expect(list.entries.count == 500)
        #expect(present.compactMap { SerialNumber(octets: $0) }.allSatisfy { list.entry(for: $0)?.serial == $0 })
        let absent = ([[0], [1, 250], [4, 0], [9, 9, 9]] as [[UInt8]]).compactMap { SerialNumber(octets: $0) }
        #expect(absent.count == 4 && absent.allSatisfy { list.entry(for: $0) == nil })
    }

    @Test("knows every reason of RFC 5280 but 7, and removeFromCRL only in a delta", arguments: UInt8(0)...12)
    func reasons(code: UInt8) throws {
        let sample = SampleList(entries: [SampleList.entry([1], extensions: [SampleList.reason(code)])])
        if let reason = RevocationReason(rawValue: code), reason != .removeFromCRL {
            #expect(try CertificateRevocationList(der: sample.der).entries.map(\.reason) == [reason])
        } else {
            let expected: DERFailure.Reason = code == 8 ? .removeFromCRLInFullList : .reasonCodeInvalid
            let failure = #expect(throws: DERFailure.self) { try CertificateRevocationList(der: sample.der) }
            #expect(failure?.reason == expected)
        }
    }

    @Test(
        "that is not understood in full says why",
        arguments: [
            ("2.5.29.27", true, .unsupported(.deltaWithoutNumber)),
            ("2.5.29.27", false, .unsupported(.deltaWithoutNumber)),
            ("2.5.29.46", false, .supported),
            ("1.2.3.4", false, .supported),
        ] as [(String, Bool, ListSupport)])
    func support(identifier: String, critical: Bool, expected: ListSupport) throws {
        let item = Encode.extensionItem(identifier, critical: critical, Encode.integer(1))
        #expect(try CertificateRevocationList(der: SampleList(extensions: [item]).der).support == expected)
    }

    @Test("with an unknown critical extension is not usable, wherever the extension stands")
    func unknownCritical() throws {
        let identifier = try #require(ObjectIdentifier(dotted: "1.2.3.4"))
        let item = Encode.extensionItem("1.2.3.4", critical: true, Encode.null)
        let list = try CertificateRevocationList(der: SampleList(extensions: [Self.number, item]).der)
        #expect(list.support == .unsupported(.unknownCriticalExtension(identifier)))
        let inEntry = SampleList(entries: [SampleList.entry([1]), SampleList.entry([2], extensions: [item])])
        let other = try CertificateRevocationList(der: inEntry.der)
        #expect(other.support == .unsupported(.unknownCriticalEntryExtension(identifier)))
        let harmless = Encode.extensionItem("1.2.3.4", Encode.null)
        let plain = SampleList(entries: [SampleList.entry([1], extensions: [harmless, SampleList.reason(4)])])
        #expect(try CertificateRevocationList(der: plain.der).support == .supported)
    }
}

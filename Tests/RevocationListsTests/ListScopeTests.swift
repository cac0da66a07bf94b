import DER
import DERTesting
import PKITypes
import RevocationLists
import Testing
import X509

@Suite("A list's scope") struct ListScopeTests {
    private static func list(_ value: [UInt8], entries: [[UInt8]]? = nil) throws -> CertificateRevocationList {
        let item = Encode.extensionItem("2.5.29.28", critical: true, value)
        return try CertificateRevocationList(der: SampleList(entries: entries, extensions: [item]).der)
    }

    private static let yes: [UInt8] = [0xff]
    private static let name = Encode.explicit(0, Encode.explicit(0, Encode.uriName("http://pki.example/1.crl")))
    private static let indirect = Encode.sequence(Encode.implicit(4, yes))

    @Test("is what issuingDistributionPoint says, and all without it")
    func fields() throws {
        let full = try #require(
            try Self.list(Encode.sequence(Self.name, Encode.implicit(1, Self.yes), Encode.implicit(3, [0x06, 0x40])))
                .issuingDistributionPoint)
        #expect(full.name?.names.count == 1 && full.onlyHolders == .userCertificates && full.reasons == .keyCompromise)
        #expect(!full.isIndirect)
        let other = try #require(
            try Self.list(Encode.sequence(Encode.implicit(2, Self.yes), Encode.implicit(4, Self.yes))).issuingDistributionPoint)
        #expect(other.name == nil && other.onlyHolders == .authorityCertificates && other.reasons == .all && other.isIndirect)
        let attributes = try Self.list(Encode.sequence(Encode.implicit(5, Self.yes))).issuingDistributionPoint
        #expect(attributes?.onlyHolders == .attributeCertificates)
        #expect(try Self.list(Encode.sequence()).issuingDistributionPoint?.onlyHolders == [])
        #expect(try CertificateRevocationList(der: SampleList().der).issuingDistributionPoint == nil)
        let spelledOut = try Self.list(Encode.sequence(Encode.implicit(1, [0x00]))).issuingDistributionPoint
        #expect(spelledOut?.onlyHolders == [])
    }

    @Test("is the same when its encoding is, and only then")
    func equality() throws {
        let named = Encode.sequence(Self.name, Encode.implicit(1, Self.yes))
        let values = [Encode.sequence(Self.name), Encode.sequence(), Self.indirect, named]
        for (i, left) in values.enumerated() {
            for (j, right) in values.enumerated() {
                let same = try Self.list(left).issuingDistributionPoint == Self.list(right).issuingDistributionPoint
                #expect(same == (i == j))
            }
        }
    }

    @Test("that is malformed refuses the list", arguments: malformed)
    func refused(value: [UInt8]) {
        #expect(throws: DERFailure.self) { try Self.list(value) }
    }

    static let malformed: [[UInt8]] = [
        Encode.null, Encode.sequence(Encode.implicit(1, [0x01])), Encode.sequence(Encode.implicit(1, [])),
        Encode.sequence(Encode.implicit(2, yes), Encode.implicit(1, yes)), Encode.sequence(Encode.implicit(6, yes)),
        Encode.sequence(Encode.explicit(0)), Encode.sequence(name) + [0], Encode.sequence(Encode.implicit(3, [])),
    ]

    // MARK: Entries of other issuers

    private static func issuer(_ name: String, critical: Bool = true) -> [UInt8] {
        let directory = Encode.explicit(4, Encode.name([("2.5.4.3", Encode.utf8(name))]))
        return Encode.extensionItem("2.5.29.29", critical: critical, Encode.sequence(directory))
    }

    @Test("that is indirect keeps entries by the issuers of their certificates, each until the next one is named")
    func entriesOfOthers() throws {
        let list = try Self.list(
            Self.indirect,
            entries: [
                SampleList.entry([1]), SampleList.entry([9], extensions: [Self.issuer("A")]), SampleList.entry([2]),
                SampleList.entry([3], extensions: [Self.issuer("B", critical: false)]),
                SampleList.entry([4], extensions: [Self.issuer("Ward CA")]), SampleList.entry([5]),
                SampleList.entry([6], extensions: [Self.issuer("A")]),
            ])
        #expect(list.support == .supported)
        func serials(_ entries: [RevokedEntry]) -> [[UInt8]] { entries.map(\.serial.octets) }
        #expect(serials(list.entries) == [[1], [4], [5]])
        let others = Dictionary(uniqueKeysWithValues: list.entriesOfOthers.map { ($0.key.display, serials($0.value)) })
        #expect(others == ["CN=A": [[2], [6], [9]], "CN=B": [[3]]])
    }

    @Test("that is direct, with entries of other issuers, must not be used", arguments: [true, false])
    func directWithOthers(critical: Bool) throws {
        let entries = [SampleList.entry([1], extensions: [Self.issuer("A", critical: critical)])]
        let list = try CertificateRevocationList(der: SampleList(entries: entries).der)
        #expect(list.support == .unsupported(.certificateIssuerInDirectList))
    }

    @Test("whose entries name no directory name as issuer is refused")
    func issuerWithoutName() {
        for value in [Encode.sequence(), Encode.sequence(Encode.uriName("http://a")), Encode.null] {
            let item = Encode.extensionItem("2.5.29.29", critical: true, value)
            let entry = SampleList.entry([1], extensions: [item])
            #expect(throws: DERFailure.self) { try Self.list(Self.indirect, entries: [entry]) }
        }
    }

    @Test("a delta has a base; with a revocation and its lifting beside each other, the certificate stays revoked")
    func delta() throws {
        let extensions = [
            Encode.extensionItem("2.5.29.27", critical: true, Encode.integer(4)),
            Encode.extensionItem("2.5.29.20", Encode.integer(5)),
        ]
        let entries = [
            SampleList.entry([1], extensions: [SampleList.reason(8)]), SampleList.entry([2], extensions: [SampleList.reason(8)]),
            SampleList.entry([1], extensions: [SampleList.reason(6)]),
        ]
        for entries in [entries, entries.reversed()] {
            let list = try CertificateRevocationList(der: SampleList(entries: entries, extensions: extensions).der)
            #expect(list.deltaBase == CRLNumber(octets: [4]) && list.number == CRLNumber(octets: [5]))
            #expect(list.support == .supported)
            #expect(list.entries.map(\.reason) == [.certificateHold, .removeFromCRL])
        }
        let nameless = SampleList(entries: [SampleList.entry([1])], extensions: [extensions[0]])
        #expect(try CertificateRevocationList(der: nameless.der).support == .unsupported(.deltaWithoutNumber))
    }
}

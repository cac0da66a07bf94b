import DER
import DERTesting
import RevocationLists
import Testing

@Suite("Limits of a list")
struct ListLimitTests {
    private static func reason(of der: [UInt8]) -> DERFailure.Reason? {
        do throws(DERFailure) {
            _ = try CertificateRevocationList(der: der)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("extensions of an entry, or of the list, of 64 KiB are read, and a few more octets are not", arguments: [0, 64])
    func extensionOctets(excess: Int) {
        // Identifiers and lengths around the value take 17 octets.
        let value = [UInt8](repeating: 0, count: ListLimits.maximumExtensionOctets - 32 + excess)
        let item = Encode.extensionItem("1.2.3", value)
        let expected: DERFailure.Reason? = excess == 0 ? nil : .tooLarge(limit: ListLimits.maximumExtensionOctets)
        #expect(Self.reason(of: SampleList(entries: [SampleList.entry([7], extensions: [item])]).der) == expected)
        #expect(Self.reason(of: SampleList(extensions: [item]).der) == expected)
    }

    @Test("another field of 64 KiB is read, and a larger one is not", arguments: [0, 1])
    func fieldOctets(excess: Int) {
        let expected: DERFailure.Reason? = excess == 0 ? nil : .tooLarge(limit: ListLimits.maximumFieldOctets)
        var named = SampleList()
        // Identifiers and lengths around the text take 23 octets.
        let text = String(repeating: "a", count: ListLimits.maximumFieldOctets - 25 + excess * 8)
        named.issuer = Encode.name([("2.5.4.3", Encode.utf8(text))])
        #expect(Self.reason(of: named.der) == expected)
        var signed = SampleList()
        signed.signature = Encode.bitString([UInt8](repeating: 1, count: ListLimits.maximumFieldOctets - 8 + excess * 8))
        #expect(Self.reason(of: signed.der) == expected)
    }

    @Test("what is larger than anything may be is refused when its length is read, and not waited for")
    func atOnce() throws {
        func failure(_ octets: [UInt8]) -> DERFailure? {
            var stream = RevocationListStream()
            var batch: [ListedEntry] = []
            do throws(DERFailure) { _ = try stream.read(octets.span, into: &batch) } catch { return error }
            return nil
        }
        let claim: [UInt8] = [0x30, 0x84, 0x40, 0x00, 0x00, 0x01]
        #expect(failure(claim) == DERFailure(.tooLarge(limit: ListLimits.maximumOctets), at: 0))
        #expect(failure([0x30, 0x84, 0x3f, 0xff, 0xff, 0xfa]) == nil)
        let entry = Encode.sequence(Encode.integer(octets: [UInt8](repeating: 1, count: ListLimits.maximumEntryOctets)))
        #expect(Self.reason(of: SampleList(entries: [entry]).der) == .tooLarge(limit: ListLimits.maximumEntryOctets))
    }

    private static func entry(of issuer: String) -> [UInt8] {
        let name = Encode.explicit(4, Encode.name([("2.5.4.3", Encode.utf8(issuer))]))
        return SampleList.entry([1], extensions: [Encode.extensionItem("2.5.29.29", critical: true, Encode.sequence(name))])
    }

    @Test("an indirect list speaks for so many other issuers, and not for one more", arguments: [0, 1])
    func otherIssuers(excess: Int) {
        let limit = ListLimits.maximumOtherIssuers
        let entries = (0..<(limit + excess)).map { Self.entry(of: "\($0)") } + [Self.entry(of: "Ward CA"), Self.entry(of: "7")]
        #expect(Self.reason(of: SampleList(entries: entries).der) == (excess == 0 ? nil : .tooMany(limit: limit)))
    }

    @Test("the names of other issuers are so long together, and no longer")
    func otherIssuerOctets() {
        let limit = ListLimits.maximumOtherIssuerOctets
        let text = String(repeating: "a", count: 32_000)
        let entries = (100..<(100 + limit / 32_000 + 1)).map { Self.entry(of: "\($0)" + text) }
        #expect(Self.reason(of: SampleList(entries: Array(entries.dropLast(2))).der) == nil)
        #expect(Self.reason(of: SampleList(entries: entries).der) == .tooLarge(limit: limit))
    }
}

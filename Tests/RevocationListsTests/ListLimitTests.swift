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
}

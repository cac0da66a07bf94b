import DERTesting
import Testing
import X509

@Suite("Limits of extensions") struct ExtensionLimitTests {
    private static func certificate(_ type: String, _ value: [UInt8]) throws -> Certificate {
        var sample = SampleCertificate()
        sample.extensions = [Encode.extensionItem(type, value)]
        return try Certificate(der: sample.der)
    }

    private static func isReadable(_ type: String, _ items: (Int) -> [UInt8], count: Int) -> Bool {
        let value = Encode.sequence((0..<count).flatMap(items))
        return (try? PathConstraints(of: certificate(type, value))) != nil
    }

    @Test("as many policies and mappings as the limit says are read, and one more is malformed")
    func policies() {
        let most = CertificatePolicies.maximumCount
        for (type, item) in [
            ("2.5.29.32", { Encode.sequence(Encode.oid("1.2.3.\($0)")) }),
            ("2.5.29.33", { Encode.sequence(Encode.oid("1.2.3.\($0)"), Encode.oid("1.2.4.\($0)")) }),
        ] as [(String, (Int) -> [UInt8])] {
            #expect(Self.isReadable(type, item, count: most))
            #expect(!Self.isReadable(type, item, count: most + 1))
            #expect(!Self.isReadable(type, item, count: 0))
        }
    }

    @Test("as many purposes as the limit says are read, and one more is malformed")
    func purposes() {
        func purposes(_ count: Int) -> Int? {
            let value = Encode.sequence((0..<count).flatMap { Encode.oid("1.3.6.1.5.5.7.3.\($0)") })
            return try? Self.certificate("2.5.29.37", value).extensions.extendedKeyUsage?.count
        }
        let most = CertificateExtension.maximumCount
        #expect(purposes(1) == 1 && purposes(most) == most)
        #expect(purposes(most + 1) == nil && purposes(0) == nil)
    }
}

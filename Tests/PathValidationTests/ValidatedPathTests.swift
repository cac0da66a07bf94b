import LabPKI
import PKITypes
import PathValidation
import Testing
import X509

@Suite("Evidence of a path")
struct ValidatedPathTests {
    @Test("an assertion keeps what it was made of")
    func assertion() throws {
        let root = try LabCertificateAuthority()
        let certificates = try [root.issueDevice("urn:a:b").der, root.certificate.der].map { try Certificate(der: $0) }
        let anchor = try #require(Fingerprint(octets: [UInt8](repeating: 1, count: 32)))
        let leaf = try #require(Fingerprint(octets: [UInt8](repeating: 2, count: 32)))
        let key = try #require(KeyFingerprint(octets: [UInt8](repeating: 3, count: 32)))
        let path = ValidatedPath.assertion(
            certificates: certificates, anchorEntry: "devices", anchorFingerprint: anchor, leafFingerprint: leaf, leafKey: key
        )
        #expect(path.certificates == certificates && path.anchorEntry == "devices")
        #expect(path.anchorFingerprint == anchor && path.leafFingerprint == leaf && path.leafKey == key)
    }

    @Test("failures are equal when reason and diagnosis are")
    func failures() {
        let failure = PathFailure(reason: .expired, diagnosis: "at depth 0")
        #expect(failure == PathFailure(reason: .expired, diagnosis: "at depth 0"))
        #expect(failure != PathFailure(reason: .expired, diagnosis: "at depth 1"))
        #expect(failure != PathFailure(reason: .notYetValid, diagnosis: "at depth 0"))
    }
}

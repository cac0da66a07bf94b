import LabPKI
import PathValidation
import SignatureChecking
import X509

extension ValidatedPath {
    /// A path that is stated, not found: for certificates that no judge of paths lets through. Its key is
    /// made up.
    static func stated(_ leaf: LabCertificate, below issuers: [[UInt8]], entry: String = DecisionFixture.anchorName) -> Self {
        let certificates = [leaf.der] + issuers
        return .assertion(
            certificates: certificates.map(read), anchorEntry: entry,
            anchorFingerprint: sha256Fingerprint(certificates[certificates.count - 1]),
            leafFingerprint: sha256Fingerprint(leaf.der), leafKey: sha256KeyFingerprint(leaf.der[...])
        )
    }

    private static func read(_ der: [UInt8]) -> Certificate {
        guard let certificate = try? Certificate(der: der) else { preconditionFailure("unreadable") }
        return certificate
    }
}

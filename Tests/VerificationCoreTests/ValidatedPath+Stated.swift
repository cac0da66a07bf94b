import LabPKI
import PathValidation
import SignatureChecking

extension ValidatedPath {
    /// A path that is stated, not found: for certificates that no judge of paths lets through. Its key is
    /// made up.
    static func stated(_ leaf: LabCertificate, below issuers: [[UInt8]], entry: String = DecisionFixture.anchorName) -> Self {
        let certificates = [leaf.der] + issuers
        return .assertion(
            certificates: certificates, anchorEntry: entry,
            anchorFingerprint: sha256Fingerprint(certificates[certificates.count - 1]),
            leafFingerprint: sha256Fingerprint(leaf.der), leafKey: sha256KeyFingerprint(leaf.der[...])
        )
    }
}

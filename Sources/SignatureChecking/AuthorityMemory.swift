import COpenSSL
import PKITypes
import PathValidation
import Synchronization
import X509

/// Certificates of authorities that devices have presented, as OpenSSL decoded them, and with whose keys they were found to be
/// signed: every device of an authority brings the same ones.
///
/// That a certificate is signed with a key does not change, so positive answers are remembered, and nothing else. Whether it may
/// be used, for what and until when is asked anew each time.
final class AuthorityMemory: Sendable {
    /// More than the authorities of any hospital; one takes about 5 KiB.
    private static let capacity = 64

    private struct Known {
        let certificate: OpenSSLCertificate
        let decoded: Certificate
        var signers: Set<Fingerprint> = []
    }

    private let known = Mutex<[Fingerprint: Known]>([:])

    /// The same certificate, decoded before: by OpenSSL, and by our reader.
    func certificate(like bytes: [UInt8]) -> OpenSSLCertificate? { known(bytes)?.certificate }
    func decoded(like bytes: [UInt8]) -> Certificate? { known(bytes)?.decoded }

    private func known(_ bytes: [UInt8]) -> Known? {
        let fingerprint = sha256Fingerprint(bytes)
        return known.withLock { $0[fingerprint] }
    }

    func isKnown(_ certificate: CandidateCertificate, signedBy issuer: CandidateCertificate) -> Bool {
        let (fingerprint, signer) = Self.fingerprints(certificate, issuer)
        return known.withLock { $0[fingerprint]?.signers.contains(signer) ?? false }
    }

    /// Of authorities whose own issuer is configured or known, so that nobody but they can fill the memory.
    func remember(_ certificate: CandidateCertificate, _ handle: OpaquePointer, signedBy issuer: CandidateCertificate) {
        let (fingerprint, signer) = Self.fingerprints(certificate, issuer)
        known.withLock { known in
            if case .presented = issuer.origin, known[signer] == nil { return }
            guard let kept = known[fingerprint]?.certificate ?? OpenSSLCertificate(sharing: handle) else { return }
            if known.count >= Self.capacity { known = [:] }
            known[fingerprint, default: Known(certificate: kept, decoded: certificate.certificate)].signers.insert(signer)
        }
    }

    private static func fingerprints(
        _ certificate: CandidateCertificate, _ issuer: CandidateCertificate
    ) -> (Fingerprint, Fingerprint) {
        (sha256Fingerprint(certificate.certificate.bytes), sha256Fingerprint(issuer.certificate.bytes))
    }
}

import COpenSSL
import PKITypes
import PathValidation
import VerificationCore
import X509

extension OpenSSLPathEngine: ListSignerSource {
    /// A path is searched for each certificate of that name; the leaf itself signs no lists. What a list's signer is for is
    /// said by its keyUsage, not by what devices must be good for.
    package func signers(
        named name: DistinguishedName, under anchorEntry: String, beside presented: PresentedCertificates, at now: UnixSeconds,
        that haveSigned: (Certificate) -> Bool
    ) -> [ValidatedPath] {
        let algorithms = signerAlgorithms
        // It may stand among the others again.
        let leaf = derBytes(of: presented.leaf)
        var seen: Set<[UInt8]> = []
        return signerCandidates(beside: presented).compactMap { candidate in
            guard seen.count < Self.maximumSignerPaths else { return nil }
            let der = derBytes(of: candidate)
            guard der != leaf, let certificate = try? Certificate(der: der), certificate.subject == name,
                seen.insert(der).inserted
            else { return nil }
            // Before any signature is checked with it.
            guard let key = PublicKeyKind(of: certificate), algorithms.allows(key) else { return nil }
            guard haveSigned(certificate) else { return nil }
            return signerPath(of: candidate, under: anchorEntry, beside: presented, at: now)
        }
    }

    /// Searches for paths to signers of one name: an end to the work on a hostile chain full of namesakes.
    private static let maximumSignerPaths = 16
}

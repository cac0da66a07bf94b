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
        _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
    ) -> [ValidatedPath] {
        // It may stand among the others again.
        let leaf = presented.leafBytes
        let atHand = configured + readable(presented).map { ($0.handle, $0.candidate.certificate) }
        var seen: Set<[UInt8]> = []
        var paths: [ValidatedPath] = []
        for (handle, certificate) in atHand where certificate.subject == name && certificate.bytes != leaf {
            guard seen.count < Self.maximumSignerPaths else { break }
            guard seen.insert(certificate.bytes).inserted,
                // Before any signature is checked with it.
                let key = PublicKeyKind(of: certificate), signerAlgorithms.allows(key), haveSigned(certificate),
                let path = signerPath(of: handle, under: anchorEntry, beside: presented, at: now, &work)
            else { continue }
            paths.append(path)
        }
        return paths
    }

    /// Searches for paths to signers of one name: an end to the work on a hostile chain full of namesakes.
    private static let maximumSignerPaths = 16
}

extension OpenSSLPathEngine: KnownSignerSource {
    package func path(
        ofSigner signer: [UInt8], beside others: [[UInt8]], under anchorEntry: String, at now: UnixSeconds,
        _ work: inout ListSignerWork
    ) -> ValidatedPath? {
        guard let presented = PresentedCertificates(leaf: signer, others: others, library: library) else { return nil }
        return signerPath(of: presented.leaf, under: anchorEntry, beside: presented, at: now, &work)
    }
}

/// Whether issuers must have kept those rules of RFC 5280 that a verdict can do without: key identifiers help to find a path and
/// change none. What makes a certificate ambiguous is refused on both sides.
package enum IssuerProfile: String, Hashable, Sendable, CaseIterable {
    /// What conformance suites expect of a verifier: every certificate that is not self-issued names its issuer's key (§4.2.1.1),
    /// every authority its own (§4.2.1.2), and a trust anchor's basicConstraints are critical (§4.2.1.9).
    ///
    /// Of intermediates the latter is not asked, nor critical policyConstraints (§4.2.1.11) of anybody: NIST's suite has valid
    /// paths without them (4.6.4, 4.10.1), as it has one with a negative serial number (4.4.14) and one with a GeneralizedTime
    /// before 2050 (4.2.4). Nor keyUsage of an authority (§4.2.1.3): it then limits nothing.
    case strict
    /// The gateway's: device makers and hospitals sign with scripts around `openssl x509 -req`, which before OpenSSL 3.2 wrote no
    /// key identifiers, and such a device is as well authenticated as any other. Refusing it would lock out working sites.
    case tolerant
}

extension CertificateRules {
    func checkIssuerProfile(_ candidate: CandidateCertificate, depth: Int) throws(PathFault) {
        guard policy.issuerProfile == .strict else { return }
        let extensions = candidate.certificate.extensions
        let isAuthority = extensions.basicConstraints?.isCA ?? false
        guard candidate.isSelfIssued || extensions.authorityKeyIdentifier != nil else {
            throw .profileViolated(.authorityKeyIdentifierMissing, depth: depth)
        }
        guard !isAuthority || extensions.subjectKeyIdentifier != nil else {
            throw .profileViolated(.subjectKeyIdentifierMissing, depth: depth)
        }
        guard candidate.isAnchor, isAuthority else { return }
        let isCritical = extensions.all.contains { $0.identifier == .basicConstraints && $0.isCritical }
        guard isCritical else { throw .profileViolated(.basicConstraintsNotCritical, depth: depth) }
    }
}

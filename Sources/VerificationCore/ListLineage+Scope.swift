import PKITypes
import RevocationLists
import X509

extension ListLineage {
    /// For which reasons the lists of this lineage speak of `certificate`; none when it is outside of their scope.
    ///
    /// RFC 5280 §6.3.3 (b) and (d), for every distribution point of the certificate, and for the one that is assumed of lists
    /// that no distribution point names: with the certificate's issuer as its name, all reasons, no cRLIssuer.
    func reasonsCovered(of certificate: PathCertificate) -> ReasonFlags {
        let isOwnIssuer = issuer == certificate.issuer
        guard let scope else { return isOwnIssuer ? .all : [] }
        guard scope.onlyHolders.include(certificate) else { return [] }
        if isOwnIssuer, scope.name?.contains(certificate.issuer) ?? true { return scope.reasons }
        var covered: ReasonFlags = []
        for point in certificate.distributionPoints where speaksFor(point, isOwnIssuer: isOwnIssuer, scope) {
            covered.formUnion(point.reasons.intersection(scope.reasons))
        }
        return covered
    }

    /// §6.3.3 (b)(1) and (b)(2)(i).
    private func speaksFor(_ point: DistributionPoint, isOwnIssuer: Bool, _ scope: IssuingDistributionPoint) -> Bool {
        if point.crlIssuers.isEmpty {
            guard isOwnIssuer else { return false }
        } else {
            guard scope.isIndirect, point.crlIssuers.contains(issuer) else { return false }
        }
        guard let name = scope.name else { return true }
        if let pointName = point.name { return name.sharesName(with: pointName) }
        return point.crlIssuers.contains { name.contains($0) }
    }
}

extension IssuingDistributionPoint.Holders {
    /// §6.3.3 (b)(2)(ii) to (iv).
    fileprivate func include(_ certificate: PathCertificate) -> Bool {
        if contains(.attributeCertificates) { return false }
        return !contains(certificate.isAuthority ? .userCertificates : .authorityCertificates)
    }
}

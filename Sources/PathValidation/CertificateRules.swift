import DER
import PKITypes
import X509

/// The rules for one certificate in its place on a path (RFC 5280 §6.1.3, §6.1.4), apart from signatures and policies.
struct CertificateRules {
    let policy: PathPolicy
    let now: UnixSeconds

    /// The leaf, before anything is known of its issuer.
    func checkLeaf(_ leaf: CandidateCertificate, _ budget: inout WorkBudget) throws(PathFault) {
        let certificate = leaf.certificate
        let extensions = certificate.extensions
        let isAuthority = extensions.basicConstraints?.isCA ?? false
        if case .failure(let failure) = extensions.subjectAlternativeNames { throw .unreadable(failure, depth: 0) }
        try checkProfile(leaf, depth: 0, &budget)
        if certificate.subject.canonical.isEmpty {
            // §4.1.2.6: the name must then be in a subjectAltName that nobody may ignore.
            let names = extensions.all.first { $0.identifier == .subjectAlternativeName }
            guard !isAuthority else { throw .profileViolated(.emptySubjectOfAuthority, depth: 0) }
            guard let names, names.isCritical else { throw .profileViolated(.emptySubjectWithoutCriticalNames, depth: 0) }
        }
        if !isAuthority, extensions.keyUsage?.contains(.keyCertSign) ?? false {
            throw .profileViolated(.signingKeyOfNoAuthority, depth: 0)
        }
        if !isAuthority, extensions.all.contains(where: { $0.identifier == .nameConstraints }) {
            throw .profileViolated(.nameConstraintsOfNoAuthority, depth: 0)
        }
        try checkTime(certificate, depth: 0)
        try checkStrength(leaf, depth: 0)
        try checkPurpose(certificate, depth: 0)
        try checkLeafKeyUsage(extensions, isAuthority: isAuthority)
        let isSigner = isAuthority || extensions.keyUsage?.contains(.cRLSign) ?? false
        if isSigner, !leaf.isAnchor, policy.purpose == .client, policy.authorityAsClient == .inhibited {
            throw .authorityAsClient
        }
    }

    /// `issuer` by itself: what holds for it on every path.
    func checkIssuer(
        _ issuer: CandidateCertificate, depth: Int, _ budget: inout WorkBudget
    ) throws(PathFault) {
        try checkTime(issuer.certificate, depth: depth)
        try checkProfile(issuer, depth: depth, &budget)
        try checkAuthority(issuer, depth: depth)
        try checkStrength(issuer, depth: depth)
        try checkPurpose(issuer.certificate, depth: depth)
    }

    /// `issuer` above `below`, which lists a path from the leaf up.
    func checkPlace(
        of issuer: CandidateCertificate, above below: [CandidateCertificate], _ budget: inout WorkBudget
    ) throws(PathFault) {
        let depth = below.count
        let authoritiesBelow = below.dropFirst().count { !$0.isSelfIssued }
        if let limit = issuer.certificate.extensions.basicConstraints?.pathLength, authoritiesBelow > limit {
            throw .pathLengthExceeded(limit: limit, depth: depth)
        }
        let counted = authoritiesBelow + (issuer.isAnchor || issuer.isSelfIssued ? 0 : 1)
        guard counted <= policy.maximumDepth, depth < WorkBudget.maximumPathLength else {
            throw .tooDeep(limit: policy.maximumDepth)
        }
        try checkNames(below, issuer, depth: depth, &budget)
    }

    /// §4.1.2.5: both ends belong to the validity.
    private func checkTime(_ certificate: Certificate, depth: Int) throws(PathFault) {
        let validity = certificate.validity
        guard now >= validity.notBefore else { throw .notYetValid(notBefore: validity.notBefore, depth: depth) }
        guard now <= validity.notAfter else { throw .expired(notAfter: validity.notAfter, depth: depth) }
    }

    /// Extensions that are decoded and obeyed, here or by revocation; any other that is critical refuses (§4.2). The key
    /// identifiers and authorityInfoAccess must not be critical (§4.2.1.1, §4.2.1.2, §4.2.2.1), so they are not among them.
    private static let understood: Set<ObjectIdentifier> = [
        .basicConstraints, .keyUsage, .extendedKeyUsage, .subjectAlternativeName, .nameConstraints, .certificatePolicies,
        .policyMappings, .policyConstraints, .inhibitAnyPolicy, .cRLDistributionPoints,
    ]

    private func checkProfile(
        _ candidate: CandidateCertificate, depth: Int, _ budget: inout WorkBudget
    ) throws(PathFault) {
        let certificate = candidate.certificate
        if case .failure(let failure) = candidate.constraints { throw .unreadable(failure, depth: depth) }
        try budget.spendNameConstraintOctets(candidate.nameConstraintOctets)
        if case .failure(let failure) = candidate.nameConstraints { throw .unreadable(failure, depth: depth) }
        for item in certificate.extensions.all where item.isCritical && !Self.understood.contains(item.identifier) {
            throw .unknownCriticalExtension(item.identifier, depth: depth)
        }
        try checkIssuerProfile(candidate, depth: depth)
        guard !candidate.isAnchor else { return }
        // §4.1.2.2; negative numbers, equally wrong, are in the field and in NIST's suite (4.4.14), and name a certificate well.
        let octets = certificate.serial.octets
        guard octets.contains(where: { $0 != 0 }) else { throw .profileViolated(.serialNumberZero, depth: depth) }
        guard octets.drop(while: { $0 == 0 }).count <= 20 else { throw .profileViolated(.serialNumberTooLong, depth: depth) }
        // RFC 9608 §3: one of the two statements is wrong, and nobody knows which.
        let extensions = certificate.extensions
        let isContradicted =
            extensions.noRevocationAvailable
            && (extensions.basicConstraints?.isCA ?? false || certificate.namesRevocationSource
                || extensions.all.contains { $0.identifier == .freshestCRL })
        guard !isContradicted else { throw .profileViolated(.contradictedNoRevocation, depth: depth) }
    }

    /// §6.1.4 (k), (n). The anchor too: who configures a certificate that says that it is no authority has made a mistake. A
    /// version 1 anchor cannot say it.
    private func checkAuthority(_ issuer: CandidateCertificate, depth: Int) throws(PathFault) {
        let certificate = issuer.certificate
        let extensions = certificate.extensions
        let isLegacyAnchor = issuer.isAnchor && issuer.isSelfIssued && certificate.version < .v3
        guard isLegacyAnchor || extensions.basicConstraints?.isCA ?? false else { throw .notAnAuthority(depth: depth) }
        guard extensions.keyUsage?.contains(.keyCertSign) ?? true else { throw .keyMayNotSignCertificates(depth: depth) }
        guard !certificate.subject.canonical.isEmpty else { throw .profileViolated(.emptySubjectOfAuthority, depth: depth) }
        if case .failure(let failure) = extensions.subjectAlternativeNames { throw .unreadable(failure, depth: depth) }
        // §4.2.1.10: whoever did not mark them critical meant others to ignore them. (Policy constraints must be critical as
        // well, but NIST's suite has valid paths where they are not: 4.10.1.)
        let isLax = extensions.all.contains { $0.identifier == .nameConstraints && !$0.isCritical }
        guard !isLax else { throw .profileViolated(.nameConstraintsNotCritical, depth: depth) }
    }

    /// An anchor's signature is not checked, so how it was made says nothing.
    private func checkStrength(_ candidate: CandidateCertificate, depth: Int) throws(PathFault) {
        let key = PublicKeyKind(of: candidate.certificate)
        guard let key, policy.algorithms.allows(key) else { throw .weakKey(key, depth: depth) }
        guard !candidate.isAnchor else { return }
        let scheme = SignatureScheme(of: candidate.certificate)
        guard policy.algorithms.allows(scheme) else { throw .weakSignature(scheme, depth: depth) }
    }

    /// Extended key usage, where it is present, holds for everybody below; without it, any purpose. anyExtendedKeyUsage is not
    /// enough: §4.2.1.12 lets an application require the purpose itself.
    private func checkPurpose(_ certificate: Certificate, depth: Int) throws(PathFault) {
        guard let purposes = certificate.extensions.extendedKeyUsage else {
            // Silence permits a purpose that was asked of all the world's certificates, not one that was named for these.
            guard depth > 0 || policy.keyPurposes.isEmpty else { throw .purposeNotAllowed(depth: depth) }
            return
        }
        guard policy.keyPurposes.allSatisfy(purposes.contains) else { throw .purposeNotAllowed(depth: depth) }
        switch policy.purpose {
        case .any: return
        case .client: guard purposes.contains(.clientAuthentication) else { throw .purposeNotAllowed(depth: depth) }
        case .server: guard purposes.contains(.serverAuthentication) else { throw .purposeNotAllowed(depth: depth) }
        }
    }

    /// A device proves its key with a signature, in every version of TLS. A server's key may also decrypt or agree; of an
    /// authority in a server's place RFC 5280 asks nothing.
    private func checkLeafKeyUsage(_ extensions: CertificateExtensions, isAuthority: Bool) throws(PathFault) {
        guard let usage = extensions.keyUsage else { return }
        switch policy.purpose {
        case .any: return
        case .client: guard usage.contains(.digitalSignature) else { throw .keyUsageNotAllowed(depth: 0) }
        case .server:
            let serves = !usage.isDisjoint(with: [.digitalSignature, .keyEncipherment, .keyAgreement])
            guard serves || isAuthority else { throw .keyUsageNotAllowed(depth: 0) }
        }
    }

    /// §6.1.3 (b): self-issued certificates are exempt, unless one is the leaf.
    private func checkNames(
        _ below: [CandidateCertificate], _ issuer: CandidateCertificate, depth: Int, _ budget: inout WorkBudget
    ) throws(PathFault) {
        guard case .success(let rules) = issuer.nameConstraints, let rules else { return }
        for (position, subordinate) in below.enumerated() where position == 0 || !subordinate.isSelfIssued {
            try rules.check(by: depth, namesOf: subordinate.certificate, at: position, &budget)
        }
    }
}

import PKITypes

/// A signed revocation list.
package struct LabRevocationList: Sendable {
    package let der: [UInt8]

    package func pem() throws(LabPKIFailure) -> String { try LabPEM.text("X509 CRL", der) }
}

extension LabCertificateAuthority {
    /// A list that `profile` describes, signed by this authority's key unless the profile names another.
    package func revocationList(_ profile: LabRevocationListProfile) throws(LabPKIFailure) -> LabRevocationList {
        let entries = LabDER.concatenation(profile.entries.map { $0.der(thisUpdate: profile.thisUpdate) })
        return try revocationList(profile, entries: entries)
    }

    /// A list that is valid from an hour ago for a day, unless told otherwise; `adjust` can take `nextUpdate` away.
    package func revocationList(
        revoking entries: [LabRevokedEntry] = [], number: UInt64? = 1, thisUpdate: UnixSeconds? = nil,
        nextUpdate: UnixSeconds? = nil,
        adjust: (inout LabRevocationListProfile) throws(LabPKIFailure) -> Void = { _ in }
    ) throws(LabPKIFailure) -> LabRevocationList {
        let begin = thisUpdate ?? LabTime.now() + -LabTime.secondsPerHour
        var profile = LabRevocationListProfile(
            revoking: entries, number: number, thisUpdate: begin, nextUpdate: nextUpdate ?? begin + LabTime.secondsPerDay
        )
        try adjust(&profile)
        return try revocationList(profile)
    }

    /// `entries` are encoded already.
    func revocationList(
        _ profile: LabRevocationListProfile, entries: [UInt8]
    ) throws(LabPKIFailure) -> LabRevocationList {
        let signer = profile.signer ?? certificate.key
        let extensions = LabExtension.sequence(profile.extensions(issuerKeyIdentifier: certificate.keyIdentifier))
        let carriesExtensions = profile.version == .v2 && !extensions.isEmpty
        let toBeSigned = LabDER.sequence(
            profile.version == .v2 ? LabDER.integer(1) : [],
            signer.algorithm(profile.signature),
            (profile.issuer ?? certificate.subject).der,
            LabTime.der(profile.thisUpdate),
            profile.nextUpdate.map { LabTime.der($0) } ?? [],
            // An empty revokedCertificates is absent (RFC 5280 §5.1.2.6).
            entries.isEmpty ? [] : LabDER.element(0x30, entries),
            carriesExtensions ? LabDER.explicit(0, extensions) : []
        )
        return LabRevocationList(der: try signer.signed(toBeSigned, profile.signature))
    }
}

import COpenSSL
import PKITypes

/// A laboratory certificate authority: for demonstrations and tests, never for production. Its keys stand unprotected in
/// memory and it issues whatever it is asked for.
package struct LabCertificateAuthority: Sendable {
    /// 128 random bits: RFC 5280 §4.1.2.2 allows 20 octets, and the CA/Browser Forum asks for 64 bits at least.
    package static let serialOctets = 16

    package typealias Adjustment = (inout LabCertificateProfile) throws(LabPKIFailure) -> Void

    /// The authority's own certificate and key.
    package let certificate: LabCertificate

    /// What a holder of a certificate from here sends after its own.
    private let chain: [[UInt8]]

    /// A root's certificate is not sent: who trusts it has it.
    package enum Role: Sendable { case intermediate, root }

    /// An authority from a certificate that was issued or read elsewhere.
    package init(certificate: LabCertificate, role: Role) {
        self.certificate = certificate
        chain = role == .root ? [] : [certificate.der] + certificate.intermediates
    }

    /// A self-signed root.
    package init(
        root commonName: String = "Pulsegate Laboratory Root", key kind: LabKey.Kind = .p256,
        adjust: Adjustment = { _ in }
    ) throws(LabPKIFailure) {
        var profile = LabCertificateProfile.authority(.commonName(commonName))
        try adjust(&profile)
        self.init(certificate: try Self.selfSigned(profile, key: try LabKey(kind)), role: .root)
    }

    /// A certificate signed by its own key: a root, or a device's certificate that no authority issued.
    package static func selfSigned(_ profile: LabCertificateProfile, key: LabKey) throws(LabPKIFailure) -> LabCertificate {
        try issue(
            profile, key: key, issuer: profile.subject, signer: key, issuerKeyIdentifier: try key.identifier(),
            intermediates: []
        )
    }

    package func issueIntermediate(
        _ commonName: String = "Pulsegate Laboratory Issuing CA", key kind: LabKey.Kind = .p256,
        adjust: Adjustment = { _ in }
    ) throws(LabPKIFailure) -> Self {
        var profile = LabCertificateProfile.authority(.commonName(commonName))
        try adjust(&profile)
        return Self(certificate: try issue(profile, key: try LabKey(kind)), role: .intermediate)
    }

    /// Another certificate for `other`'s name and key, issued by this authority.
    package func crossSign(_ other: Self, adjust: Adjustment = { _ in }) throws(LabPKIFailure) -> Self {
        var profile = LabCertificateProfile.authority(other.certificate.subject)
        profile.subjectKeyIdentifier = .octets(other.certificate.keyIdentifier)
        try adjust(&profile)
        return Self(certificate: try issue(profile, key: other.certificate.key), role: .intermediate)
    }

    /// A device's certificate whose identity is a URI in subjectAltName and whose common name is that URI's last part.
    package func issueDevice(
        _ identity: String, key kind: LabKey.Kind = .p256, adjust: Adjustment = { _ in }
    ) throws(LabPKIFailure) -> LabCertificate {
        try issueDevice(names: [.uri(identity)], key: kind) { (profile) throws(LabPKIFailure) in
            profile.subject = .commonName(identity.split(separator: ":").last.map { String($0) } ?? identity)
            try adjust(&profile)
        }
    }

    /// A device's certificate with exactly these subject alternative names.
    package func issueDevice(
        names: [LabGeneralName], key kind: LabKey.Kind = .p256, adjust: Adjustment = { _ in }
    ) throws(LabPKIFailure) -> LabCertificate {
        var profile = LabCertificateProfile.device(.commonName("device"), names: names)
        try adjust(&profile)
        return try issue(profile, key: try LabKey(kind))
    }

    package func issueServer(
        dnsNames: [String] = ["localhost"], ipAddresses: [String] = ["127.0.0.1", "::1"], key kind: LabKey.Kind = .p256,
        adjust: Adjustment = { _ in }
    ) throws(LabPKIFailure) -> LabCertificate {
        let names = dnsNames.map { LabGeneralName.dns($0) } + ipAddresses.map { LabGeneralName.ip($0) }
        let commonName = dnsNames.first ?? ipAddresses.first ?? "server"
        var profile = LabCertificateProfile.server(.commonName(commonName), names: names)
        try adjust(&profile)
        return try issue(profile, key: try LabKey(kind))
    }

    /// The certificate that `profile` describes, for `key`.
    package func issue(_ profile: LabCertificateProfile, key: LabKey) throws(LabPKIFailure) -> LabCertificate {
        try Self.issue(
            profile, key: key, issuer: certificate.subject, signer: certificate.key,
            issuerKeyIdentifier: certificate.keyIdentifier,
            intermediates: chain
        )
    }

    private static func issue(
        _ profile: LabCertificateProfile, key: LabKey, issuer: LabName, signer: LabKey, issuerKeyIdentifier: [UInt8],
        intermediates: [[UInt8]]
    ) throws(LabPKIFailure) -> LabCertificate {
        let serial = if let chosen = profile.serial { chosen } else { try randomSerial() }
        let extensions = LabExtension.sequence(
            try profile.extensions(subjectKey: key, issuerKeyIdentifier: issuerKeyIdentifier)
        )
        let version = profile.version == .v3 ? LabDER.explicit(0, LabDER.integer(2)) : []
        let carriesExtensions = profile.version == .v3 && !extensions.isEmpty
        let toBeSigned = LabDER.sequence(
            version,
            LabDER.integer(octets: serial),
            signer.algorithm(profile.signature),
            issuer.der,
            LabDER.sequence(LabTime.der(profile.validity.notBefore), LabTime.der(profile.validity.notAfter)),
            profile.subject.der,
            key.publicKey,
            carriesExtensions ? LabDER.explicit(3, extensions) : []
        )
        let keyIdentifier =
            if case .octets(let octets) = profile.subjectKeyIdentifier { octets } else { try key.identifier() }
        return LabCertificate(
            der: try signer.signed(toBeSigned, profile.signature), key: key, subject: profile.subject, serial: serial,
            validity: profile.validity, keyIdentifier: keyIdentifier, intermediates: intermediates
        )
    }

    private static func randomSerial() throws(LabPKIFailure) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: serialOctets)
        try OpenSSLCall.positive("draw random octets") { RAND_bytes(&octets, Int32(octets.count)) }
        // Positive, and minimal without a leading zero octet.
        octets[0] = octets[0] & 0x3f | 0x40
        return octets
    }
}

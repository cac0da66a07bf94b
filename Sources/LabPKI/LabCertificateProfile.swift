import PKITypes

/// Everything that a certificate to be issued may differ in; the presets are good certificates.
package struct LabCertificateProfile: Sendable {
    package enum BasicConstraints: Hashable, Sendable {
        case absent
        case endEntity
        case authority(pathLength: UInt64?)
    }

    package enum KeyIdentifier: Hashable, Sendable {
        case ofTheKey
        case absent
        case octets([UInt8])
    }

    package enum Version: Sendable { case v3, v1 }

    package var subject: LabName
    package var subjectAlternativeNames: [LabGeneralName] = []
    /// The DER inside subjectAltName's extnValue, instead of what `subjectAlternativeNames` would give.
    package var rawSubjectAlternativeName: [UInt8]?
    package var validity: Validity
    /// Empty: the extension is absent, and the key serves every purpose.
    package var purposes: [LabKeyPurpose]
    /// Nil: the extension is absent.
    package var keyUsage: LabKeyUsage?
    package var basicConstraints: BasicConstraints
    package var crlDistributionPoints: [String] = []
    package var ocspResponders: [String] = []
    package var subjectKeyIdentifier = KeyIdentifier.ofTheKey
    package var authorityKeyIdentifier = KeyIdentifier.ofTheKey
    /// Written after the others, in this order.
    package var extraExtensions: [LabExtension] = []
    /// Content octets of the serial number's INTEGER, as they are. Nil: 128 random bits.
    package var serial: [UInt8]?
    package var signature = LabSignature.sha256
    package var version = Version.v3

    package init(
        subject: LabName, validity: Validity, purposes: [LabKeyPurpose], keyUsage: LabKeyUsage?,
        basicConstraints: BasicConstraints
    ) {
        self.subject = subject
        self.validity = validity
        self.purposes = purposes
        self.keyUsage = keyUsage
        self.basicConstraints = basicConstraints
    }

    /// Ten years, as roots of a trial are not rolled over.
    package static func authority(_ subject: LabName, pathLength: UInt64? = nil) -> Self {
        Self(
            subject: subject, validity: .days(3_650), purposes: [], keyUsage: [.keyCertSign, .cRLSign],
            basicConstraints: .authority(pathLength: pathLength)
        )
    }

    package static func device(_ subject: LabName, names: [LabGeneralName]) -> Self {
        var profile = Self(
            subject: subject, validity: .days(365), purposes: [.clientAuth], keyUsage: [.digitalSignature],
            basicConstraints: .endEntity
        )
        profile.subjectAlternativeNames = names
        return profile
    }

    package static func server(_ subject: LabName, names: [LabGeneralName]) -> Self {
        var profile = device(subject, names: names)
        profile.purposes = [.serverAuth]
        return profile
    }

    func extensions(subjectKey: LabKey, issuerKeyIdentifier: [UInt8]) throws(LabPKIFailure) -> [LabExtension] {
        var extensions: [LabExtension] = []
        if let constraints = LabExtension.basicConstraints(basicConstraints) { extensions.append(constraints) }
        if let keyUsage { extensions.append(keyUsage.certificateExtension) }
        if !purposes.isEmpty { extensions.append(.extendedKeyUsage(purposes)) }
        switch subjectKeyIdentifier {
        case .ofTheKey: extensions.append(.subjectKeyIdentifier(try subjectKey.identifier()))
        case .octets(let octets): extensions.append(.subjectKeyIdentifier(octets))
        case .absent: break
        }
        switch authorityKeyIdentifier {
        case .ofTheKey: extensions.append(.authorityKeyIdentifier(issuerKeyIdentifier))
        case .octets(let octets): extensions.append(.authorityKeyIdentifier(octets))
        case .absent: break
        }
        if let names = try subjectAlternativeNameValue() {
            extensions.append(LabExtension("2.5.29.17", subject.isEmpty ? .critical : .nonCritical, value: names))
        }
        if !crlDistributionPoints.isEmpty { extensions.append(try .crlDistributionPoints(crlDistributionPoints)) }
        if !ocspResponders.isEmpty { extensions.append(.ocspResponders(ocspResponders)) }
        return extensions + extraExtensions
    }

    private func subjectAlternativeNameValue() throws(LabPKIFailure) -> [UInt8]? {
        if let rawSubjectAlternativeName { return rawSubjectAlternativeName }
        return subjectAlternativeNames.isEmpty ? nil : try LabGeneralName.sequence(subjectAlternativeNames)
    }
}

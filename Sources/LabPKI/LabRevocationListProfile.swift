import PKITypes

/// Everything that a revocation list to be signed may differ in.
package struct LabRevocationListProfile: Sendable {
    package enum Version: Sendable { case v2, v1 }

    package var entries: [LabRevokedEntry]
    /// Nil: the list has no CRLNumber.
    package var number: UInt64?
    package var thisUpdate: UnixSeconds
    /// Nil: the list says nothing of its successor.
    package var nextUpdate: UnixSeconds?
    package var version = Version.v2
    package var authorityKeyIdentifier = LabCertificateProfile.KeyIdentifier.ofTheKey
    /// Not nil: a delta list against the base of this number.
    package var deltaBase: UInt64?
    package var extraExtensions: [LabExtension] = []
    package var signature = LabSignature.sha256
    /// Another name than the authority's.
    package var issuer: LabName?
    /// Another key than the authority's.
    package var signer: LabKey?

    package init(
        revoking entries: [LabRevokedEntry] = [], number: UInt64? = 1, thisUpdate: UnixSeconds, nextUpdate: UnixSeconds?
    ) {
        self.entries = entries
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
    }

    func extensions(issuerKeyIdentifier: [UInt8]) -> [LabExtension] {
        var extensions: [LabExtension] = []
        switch authorityKeyIdentifier {
        case .ofTheKey: extensions.append(.authorityKeyIdentifier(issuerKeyIdentifier))
        case .octets(let octets): extensions.append(.authorityKeyIdentifier(octets))
        case .absent: break
        }
        if let number { extensions.append(.crlNumber(number)) }
        if let deltaBase { extensions.append(.deltaCRLIndicator(base: deltaBase)) }
        return extensions + extraExtensions
    }
}

/// One entry of a revocation list.
package struct LabRevokedEntry: Sendable {
    /// Content octets of the serial number's INTEGER.
    package var serial: [UInt8]
    /// Nil: the entry says no reason.
    package var reason: RevocationReason?
    /// Nil: the list's thisUpdate.
    package var date: UnixSeconds?
    package var extraExtensions: [LabExtension] = []

    package init(
        serial: [UInt8], reason: RevocationReason? = nil, date: UnixSeconds? = nil, extraExtensions: [LabExtension] = []
    ) {
        self.serial = serial
        self.reason = reason
        self.date = date
        self.extraExtensions = extraExtensions
    }

    package init(_ certificate: LabCertificate, reason: RevocationReason? = nil, date: UnixSeconds? = nil) {
        self.init(serial: certificate.serial, reason: reason, date: date)
    }

    func der(thisUpdate: UnixSeconds) -> [UInt8] {
        let stated = reason.map { [LabExtension("2.5.29.21", value: LabDER.enumerated($0.rawValue))] } ?? []
        return LabDER.sequence(
            LabDER.integer(octets: serial), LabTime.der(date ?? thisUpdate), LabExtension.sequence(stated + extraExtensions)
        )
    }
}

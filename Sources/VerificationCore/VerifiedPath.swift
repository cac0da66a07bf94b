import DER
import PKITypes
import PathValidation
import X509

/// What stays true of a certification path once it is validated: static facts, never a status.
///
/// It is all that a decision needs, at the handshake and at every later one, so neither certificates nor lists need to be
/// kept for a live session.
package final class VerifiedPath: Sendable {
    package let anchorEntry: String
    package let anchorFingerprint: Fingerprint
    package let leafFingerprint: Fingerprint
    package let leafKey: KeyFingerprint
    /// Every certificate below the trust anchor, the leaf first. Empty when the leaf is the anchor itself.
    package let certificates: [PathCertificate]
    package let identity: Result<DeviceIdentity, IdentityFailure>
    /// Nil when the leaf names nobody.
    package let marks: DeviceMarks?
    package let identitySource: IdentitySource
    /// Of the leaf.
    package let credential: CredentialID
    package let leafValidity: Validity
    /// The period in which every certificate below the anchor is valid.
    package let validity: Validity

    /// - Parameter entry: the trust-anchor entry that the path ends in; it says where the identity stands.
    package init(_ path: ValidatedPath, entry: TrustAnchorEntry) throws(PathFailure) {
        let certificates = path.certificates
        let leaf = certificates[0]
        let belowAnchor = certificates.count == 1 ? certificates : Array(certificates.dropLast())
        anchorEntry = path.anchorEntry
        anchorFingerprint = path.anchorFingerprint
        leafFingerprint = path.leafFingerprint
        leafKey = path.leafKey
        self.certificates = try certificates.dropLast().map { certificate throws(PathFailure) in try Self.revocable(certificate) }
        identitySource = entry.identitySource
        let identity = Result { () throws(IdentityFailure) in
            try X509.identity(of: leaf, from: entry.identitySource, fingerprint: path.leafFingerprint)
        }
        self.identity = identity
        credential = CredentialID(anchorEntry: path.anchorEntry, issuer: leaf.issuer, serial: leaf.serial)
        marks = (try? identity.get()).map { [credential] in DeviceMarks($0, credential, path.leafKey) }
        leafValidity = leaf.validity
        validity = belowAnchor.dropFirst().reduce(leaf.validity) { $0.intersection($1.validity) }
    }

    /// Nil when the leaf names nobody, or more than one.
    package var knownIdentity: DeviceIdentity? {
        guard case .success(let identity) = identity else { return nil }
        return identity
    }

    /// Of the leaf: how long ago its validity began.
    package func certificateAgeSeconds(at now: UnixSeconds) -> Int64 { now - leafValidity.notBefore }

    /// What it keeps on the heap, for whoever bounds a store of paths; parts that paths share are counted in each.
    package var approximateOctets: Int {
        let names = (knownIdentity?.text.utf8.count ?? 0) + anchorEntry.utf8.count
        return certificates.reduce(names) { $0 + $1.approximateOctets }
    }

    private static func revocable(_ certificate: Certificate) throws(PathFailure) -> PathCertificate {
        do {
            return try PathCertificate(certificate)
        } catch {
            throw PathFailure(reason: .malformedCertificate, diagnosis: "cRLDistributionPoints: \(error)")
        }
    }
}

/// A certificate of a path as revocation knows it: who issued it, under which serial number, and whose lists speak of it.
package struct PathCertificate: Hashable, Sendable {
    package let issuer: DistinguishedName
    package let serial: SerialNumber
    /// Whether it names a CRL distribution point or an OCSP responder.
    package let namesRevocationSource: Bool
    /// Whether it is of a CA: some lists are of CA certificates alone, others of all but these.
    package let isAuthority: Bool
    /// Empty for most certificates.
    package let distributionPoints: [DistributionPoint]
    /// Whether lists of other issuers may speak of it, too.
    let namesListIssuers: Bool

    package init(
        issuer: DistinguishedName, serial: SerialNumber, namesRevocationSource: Bool, isAuthority: Bool,
        distributionPoints: [DistributionPoint]
    ) {
        self.issuer = issuer
        self.serial = serial
        self.namesRevocationSource = namesRevocationSource
        self.isAuthority = isAuthority
        self.distributionPoints = distributionPoints
        namesListIssuers = distributionPoints.contains { !$0.crlIssuers.isEmpty }
    }

    fileprivate var approximateOctets: Int {
        MemoryLayout<Self>.stride + issuer.canonical.count + issuer.display.utf8.count
            + distributionPoints.count * Self.octetsOfDistributionPoint
    }

    /// With its names, which are not measured.
    private static let octetsOfDistributionPoint = 256

    package init(_ certificate: Certificate) throws(DERFailure) {
        self.init(
            issuer: certificate.issuer, serial: certificate.serial, namesRevocationSource: certificate.namesRevocationSource,
            isAuthority: certificate.extensions.basicConstraints?.isCA ?? false,
            distributionPoints: try DistributionPoint.list(of: certificate)
        )
    }
}

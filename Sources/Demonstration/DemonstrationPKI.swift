import LabPKI
import PKITypes
import TLSStream

/// The laboratory's authorities and the devices' certificates: the hospital's authority, a vendor's, and a stranger's that
/// nobody trusts. The files are those of `pulsegate pki`, so that a visitor can issue and revoke while the gateway runs.
struct DemonstrationPKI: Sendable {
    /// How long the lists of the demonstration hold: nobody watches for longer.
    private static let listHours: Int64 = 24

    let hospital: LabDirectory
    private let vendor: LabCertificateAuthority
    private let certificates: [CastMember: LabCertificate]

    init(in directory: DemonstrationDirectory) throws(LabPKIFailure) {
        hospital = try LabDirectory.create(at: directory.file("pki"))
        vendor = try LabCertificateAuthority(root: "Laboratory Vendor CA")
        let stranger = try LabCertificateAuthority(root: "Laboratory Stranger's CA")
        try vendor.certificate.write(to: directory.file("pki/vendor-root.pem"))
        try vendor.revocationList().write(to: directory.file("pki/vendor.crl"))
        try LabFile.makeDirectory(directory.file("devices"))

        var certificates: [CastMember: LabCertificate] = [:]
        for member in CastMember.allCases {
            let file = directory.file("devices/\(member.rawValue)")
            let files = (certificate: "\(file).pem", key: "\(file).key")
            switch member.credential {
            case .none: continue
            case .hospital, .hospitalExpired, .hospitalRevoked:
                let validity: Validity = member.credential == .hospitalExpired ? .expired : .days(365)
                let certificate = try hospital.issuing.issueDevice(member.identity) { $0.validity = validity }
                try hospital.keep(certificate, name: member.name, certificate: files.certificate, key: files.key)
                certificates[member] = certificate
            case .vendor, .stranger:
                let authority = member.credential == .vendor ? vendor : stranger
                let certificate = try authority.issueDevice(member.identity)
                try certificate.write(to: files.certificate)
                try certificate.key.write(to: files.key)
                certificates[member] = certificate
            }
        }
        self.certificates = certificates
        for (member, certificate) in certificates where member.credential == .hospitalRevoked {
            _ = try hospital.revoke(serial: certificate.serialText, reason: .keyCompromise)
        }
        try hospital.writeRevocationLists(hours: Self.listHours)
    }

    /// Puts the device on the hospital's list and writes the list's next issue.
    func revoke(_ member: CastMember) throws(LabPKIFailure) {
        guard let certificate = certificates[member] else { preconditionFailure("\(member.name) has no certificate") }
        _ = try hospital.revoke(serial: certificate.serialText, reason: .keyCompromise)
        try hospital.writeRevocationLists(hours: Self.listHours)
    }

    /// What the device shows; nil when it has nothing.
    func credential(of member: CastMember) throws(LabPKIFailure) -> CertifiedKey? {
        guard let certificate = certificates[member] else { return nil }
        return CertifiedKey(chain: Array(try certificate.chainPEM().utf8), key: Array(try certificate.key.pem().utf8))
    }

    /// What the devices trust.
    func trustAnchor() throws(LabPKIFailure) -> [UInt8] { Array(try hospital.root.certificate.pem().utf8) }
}

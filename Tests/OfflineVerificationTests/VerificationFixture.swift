import LabPKI
import OfflineVerification
import PKITypes

/// A root, an issuing authority and a device of the laboratory, and the job that judges the device.
struct VerificationFixture {
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let device: LabCertificate

    init() throws {
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
        device = try issuing.issueDevice(names: [.dns("pump.hosp.example"), .ip("10.20.0.1"), .email("pump@hosp.example")])
    }

    /// Judges `leaf`, by default the device, with the issuing authority beside it and the lists given.
    func job(
        _ leaf: LabCertificate? = nil, lists: [LabRevocationList] = [], adjust: (inout VerificationJob) throws -> Void = { _ in }
    ) throws -> VerificationJob {
        var job = VerificationJob(trustAnchors: [try pem(root.certificate)], leaf: try pem(leaf ?? device))
        job.intermediates = [try pem(issuing.certificate)]
        job.lists = try lists.map { Array(try $0.pem().utf8) }
        try adjust(&job)
        return job
    }

    /// Lists of both authorities.
    func lists(rootRevokes: [LabRevokedEntry] = [], issuingRevokes: [LabRevokedEntry] = []) throws -> [LabRevocationList] {
        [try root.revocationList(revoking: rootRevokes), try issuing.revocationList(revoking: issuingRevokes)]
    }

    func pem(_ certificate: LabCertificate) throws -> [UInt8] { Array(try certificate.pem().utf8) }

    static func reason(_ job: VerificationJob) -> String { OfflineVerifier.answer(job).reason }
}

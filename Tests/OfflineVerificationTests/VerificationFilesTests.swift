import Foundation
import LabPKI
import OfflineVerification
import Testing

@Suite("Files of a one-shot verdict")
struct VerificationFilesTests {
    @Test("PEM and DER files give the job that judges them")
    func readFiles() throws {
        let lab = try VerificationFixture()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("pulsegate-verify-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        func write(_ octets: [UInt8], _ name: String) throws -> String {
            let file = directory.appendingPathComponent(name)
            try Data(octets).write(to: file)
            return file.path
        }
        let lists = try lab.lists()
        let files = VerificationFiles(
            trustAnchors: [try write(lab.root.certificate.der, "root.der")],
            intermediates: [try write(lab.pem(lab.issuing.certificate), "issuing.pem")],
            lists: [try write(lists[0].der, "root.crl"), try write(Array(lists[1].pem().utf8), "issuing.crl")],
            leaf: try write(lab.pem(lab.device), "device.pem")
        )
        #expect(VerificationFixture.reason(try files.job()) == "admitted")
        var absent = files
        absent.lists = [directory.path + "/absent.crl"]
        #expect(throws: VerificationFiles.Unreadable.self) { try absent.job() }
        absent = files
        absent.leaf = directory.path
        let failure = #expect(throws: VerificationFiles.Unreadable.self) { try absent.job() }
        #expect(failure?.description == "\(directory.path): is not a regular file")
    }
}

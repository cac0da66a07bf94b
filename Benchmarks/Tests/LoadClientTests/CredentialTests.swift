import Foundation
import LoadClient
import Testing

@Suite("A credential is refused at start, with the file's name")
struct CredentialTests {
    @Test("a key that is not the certificate's")
    func foreignKey() throws {
        let one = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let other = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        #expect(throws: SetupFailure.keyMismatch(certificate: one.certificateFile, key: other.keyFile)) {
            try Credential(certificateFile: one.certificateFile, keyFile: other.keyFile, chainFile: nil)
        }
        #expect(throws: Never.self) { try Credential(certificateFile: one.certificateFile, keyFile: one.keyFile, chainFile: nil) }
        try one.finish()
        try other.finish()
    }

    @Test("a folder: pairs are taken, a certificate without its key is not, an empty folder is an error")
    func folder() throws {
        let device = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let folder = URL(fileURLWithPath: device.certificateFile).deletingLastPathComponent()
        let single = folder.appendingPathComponent("lonely.pem").path
        try FileManager.default.copyItem(atPath: device.certificateFile, toPath: single)
        #expect(try CredentialFolder.load(folder.path).count == 1)
        try FileManager.default.removeItem(atPath: device.keyFile)
        #expect(throws: SetupFailure.noCredentials(directory: folder.path)) { try CredentialFolder.load(folder.path) }
        try device.finish()
    }
}

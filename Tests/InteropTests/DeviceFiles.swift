import EventLoop
import GatewayTesting
import LabPKI

/// A device's certificate and key as the files that real programs ask for.
struct DeviceFiles: Sendable {
    let chain: String
    let key: String
}

extension GatewayFixture {
    /// The laboratory's root, which devices trust.
    var rootFile: String { directory.file("root.pem") }

    func port(of listener: String = "devices") -> String {
        address(of: listener).description.split(separator: ":").last.map { String($0) } ?? ""
    }

    func files(for certificate: LabCertificate, named name: String) throws -> DeviceFiles {
        let files = DeviceFiles(chain: directory.file("\(name).pem"), key: directory.file("\(name).key"))
        try certificate.write(to: files.chain)
        try certificate.key.write(to: files.key)
        return files
    }
}

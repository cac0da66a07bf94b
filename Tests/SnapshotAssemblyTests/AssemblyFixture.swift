import Configuration
import Foundation
import LabPKI
import PKITypes
import SnapshotAssembly
import VerificationCore

/// A configuration with its files in a directory of one test's own.
final class AssemblyFixture {
    let directory: String
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let now = LabTime.now()

    init() throws {
        directory = NSTemporaryDirectory() + "pulsegate-assembly-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        root = try LabCertificateAuthority(root: "Assembly Root")
        issuing = try root.issueIntermediate("Assembly Issuing")
        try root.certificate.write(to: file("root.pem"), .alone)
        try issuing.certificate.write(to: file("issuing.pem"), .alone)
        try root.revocationList().write(to: file("root.crl"))
        try issuing.revocationList().write(to: file("issuing.crl"))
        let server = try root.issueServer()
        try server.write(to: file("server.pem"))
        try server.key.write(to: file("server.key"))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func file(_ name: String) -> String { directory + "/" + name }

    func write(_ octets: [UInt8], to name: String) throws { try Data(octets).write(to: URL(fileURLWithPath: file(name))) }

    /// - Parameters: what stands in the configuration under these keys.
    func assemble(
        intermediates: String = "[issuing.pem]", crls: [String] = ["root.crl", "issuing.crl"], stale: String = "{}",
        unknown: String = "refuse", provers: Set<ListProver> = [], lists: ListSource = ListSource()
    ) throws -> SnapshotAssembler.Assembly {
        let text = """
            state_directory: state
            trust_anchors:
              device-ca:
                certificates: [root.pem]
                intermediates: \(intermediates)
                revocation:
                  crls: [\(crls.map { "{ file: \($0) }" }.joined(separator: ", "))]
                  unknown: \(unknown)
                  stale: \(stale)
            listeners:
              pumps:
                bind: ["127.0.0.1:0"]
                protocol: tcp
                server_certificates: [{ chain: server.pem, key: server.key }]
                trust: [device-ca]
                upstream: backend
            upstreams:
              backend: { addresses: ["127.0.0.1:9"] }
            policies:
              - { name: all, devices: any }

            """
        let result = ConfigurationReader.read(text: text, file: file("gateway.yaml"))
        guard let configuration = result.configuration else { throw Unusable(findings: result.findings.map(\.description)) }
        return SnapshotAssembler(configuration, knownProvers: provers, lists: lists, devices: DeviceIndex()).assemble(
            generation: 3, now: now)
    }

    struct Unusable: Error { let findings: [String] }
}

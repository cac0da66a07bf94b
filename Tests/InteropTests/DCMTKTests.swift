import Foundation
import GatewayTesting
import LabPKI
import Testing

@Suite("DCMTK's clients reach storescp through the gateway")
struct DCMTKTests {
    /// The security profiles of DICOM PS3.15 B.9, B.10 and B.11 (BCP 195, non-downgrading, extended).
    @Test(
        "echoscu is answered in every BCP 195 profile",
        arguments: ["--profile-bcp195", "--profile-bcp195-nd", "--profile-bcp195-ex"])
    func echo(profile: String) async throws {
        let archive = try await RunningServer.storageSCP()
        let fixture = try await GatewayFixture(upstream: archive.address)
        let modality = try fixture.device("modality")
        let outcome = try await DebianProgram.echoSCU.run(fixture.associationArguments(modality) + [profile])
        #expect(outcome.succeeded, "\(outcome.text)")
        #expect(try await fixture.log.lines("session ended", atLeast: 1).map { $0.fields["reason"] } == ["device-closed"])
        await fixture.gateway.stop()
    }

    @Test("A 32 MiB instance is stored octet for octet")
    func store() async throws {
        let archive = try await RunningServer.storageSCP()
        let fixture = try await GatewayFixture(upstream: archive.address)
        let modality = try fixture.device("modality")
        let image = SecondaryCapture()
        let path = fixture.directory.write(image.file, to: "image.dcm")
        let outcome = try await DebianProgram.storeSCU.run(
            fixture.associationArguments(modality) + ["--propose-little", path], within: .seconds(60)
        )
        #expect(outcome.succeeded, "\(outcome.text)")

        let stored = try FileManager.default.contentsOfDirectory(atPath: archive.directory.file("stored"))
        let file = try #require(stored.first, "\(archive.process.output)")
        #expect(stored.count == 1 && file.contains(SecondaryCapture.instance))
        let octets = try Data(contentsOf: URL(fileURLWithPath: archive.directory.file("stored/\(file)")))
        #expect(SecondaryCapture.dataset(of: Array(octets)) == image.dataset)
        await fixture.gateway.stop()
    }

    @Test("A revoked modality's echo is refused and storescp sees no association")
    func revoked() async throws {
        let archive = try await RunningServer.storageSCP()
        let fixture = try await GatewayFixture(upstream: archive.address)
        let certificate = try fixture.pki.issuing.issueDevice("urn:hospital:device:modality:2")
        let modality = try fixture.files(for: certificate, named: "modality")
        try fixture.revoke([LabRevokedEntry(certificate)])
        // The test's own look at the port, which brought no association.
        let before = archive.process.output
        let outcome = try await DebianProgram.echoSCU.run(fixture.associationArguments(modality))
        #expect(!outcome.succeeded, "\(outcome.text)")
        #expect(try await fixture.log.lines("refused", atLeast: 1).map { $0.fields["reason"] } == ["revoked"])
        #expect(archive.process.output.hasPrefix(before) && !archive.process.output.contains("Association Acknowledged"))
        await fixture.gateway.stop()
    }

    @Test("B077: an association in the clear is closed with one log line")
    func plaintext() async throws {
        let archive = try await RunningServer.storageSCP()
        let fixture = try await GatewayFixture(upstream: archive.address)
        let outcome = try await DebianProgram.echoSCU.run(["127.0.0.1", fixture.port()])
        #expect(!outcome.succeeded, "\(outcome.text)")
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["handshake-failed"])
        let secured = try await DebianProgram.echoSCU.run(fixture.associationArguments(try fixture.device("modality")))
        #expect(secured.succeeded, "\(secured.text)")
        await fixture.gateway.stop()
    }
}

extension RunningServer {
    fileprivate static func storageSCP() async throws -> RunningServer {
        try await onPort(.storeSCP) { port, directory in
            mkdir(directory.file("stored"), 0o700)
            return ["--verbose", "--output-directory", directory.file("stored"), "\(port)"]
        }
    }
}

extension GatewayFixture {
    fileprivate func device(_ name: String) throws -> DeviceFiles {
        try files(for: try pki.issuing.issueDevice("urn:hospital:device:\(name):1"), named: name)
    }

    fileprivate func associationArguments(_ files: DeviceFiles) -> [String] {
        ["--enable-tls", files.key, files.chain, "--add-cert-file", rootFile, "127.0.0.1", port()]
    }
}

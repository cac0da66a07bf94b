import GatewayTesting
import LabPKI
import Testing

@Suite("OpenSSL's own client resumes")
struct ResumptionTests {
    private static func handshake(_ seen: SClient.Observation) -> String? {
        seen.text.split(separator: "\n").lazy.map(String.init).first { $0.hasPrefix("New, ") || $0.hasPrefix("Reused, ") }
            .map { String($0.prefix { $0 != "," }) }
    }

    @Test(
        "With the session of an earlier process; and not any more once its certificate is revoked",
        arguments: ["-tls1_2", "-tls1_3"])
    func sessionFile(version: String) async throws {
        let upstream = try ScriptedUpstream { peer in _ = peer.send(Array("welcome\n".utf8)) }
        let fixture = try await GatewayFixture(upstream: upstream.address) { $0.addingToListener("resumption: allowed") }
        let pump = try fixture.pki.pump()
        let files = try fixture.files(for: pump, named: "pump")
        let (first, second) = (fixture.directory.file("first.session"), fixture.directory.file("second.session"))
        let seen = try await SClient.refused(by: fixture, [version, "-sess_out", first], files)
        #expect(Self.handshake(seen) == "New" && seen.text.contains("welcome"), "\(seen.text)")
        let again = try await SClient.refused(by: fixture, [version, "-sess_in", first, "-sess_out", second], files)
        #expect(Self.handshake(again) == "Reused" && again.text.contains("welcome"), "\(again.text)")
        try fixture.revoke([LabRevokedEntry(pump)])
        // A session of TLS 1.2 goes on as the same one, and s_client writes only new ones.
        let last = version == "-tls1_3" ? second : first
        let refused = try await SClient.refused(by: fixture, [version, "-sess_in", last], files)
        #expect(refused.alert == 44 && Self.handshake(refused) != "Reused", "\(refused.text)")
        await fixture.gateway.stop()
    }
}

import Foundation
import GatewayTesting
import LabPKI
import Testing

@Suite("What the gateway offers on the wire, asked with OpenSSL's own client")
struct OfferedParametersTests {
    /// RFC 9325 §4.2.
    private static let tls12Suites = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
    ]
    private static let tls13Suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]

    @Test("TLS 1.2: every suite that OpenSSL knows is refused but four")
    func tls12() async throws {
        let site = try await Site.start()
        let known = try await DebianProgram.openssl.run(["ciphers", "-tls1_2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"])
        let suites = known.output.split(whereSeparator: { $0 == ":" || $0 == "\n" }).map { String($0) }.filter {
            !$0.hasPrefix("TLS_")
        }
        #expect(suites.count > 100, "the list is OpenSSL's whole: \(suites.count)")
        // All that should be refused go in one offer: an acceptance names the suite.
        let unwanted = suites.filter { !Self.tls12Suites.contains($0) }.joined(separator: ":")
        let refused = try await SClient.refused(by: site.fixture, ["-tls1_2", "-cipher", "\(unwanted):@SECLEVEL=0"], site.files)
        #expect(refused.alert == 40 && !refused.finishedHandshake, "\(refused.text)")
        for suite in Self.tls12Suites {
            let seen = try await SClient.visits(site.fixture, ["-tls1_2", "-cipher", suite], site.files)
            #expect(seen.finishedHandshake && seen.text.contains("Cipher is \(suite)"), "\(suite): \(seen.text)")
        }
        await site.fixture.gateway.stop()
    }

    @Test("TLS 1.3: three suites, the gateway's order", arguments: tls13Suites)
    func tls13(suite: String) async throws {
        let site = try await Site.start()
        let seen = try await SClient.visits(site.fixture, ["-tls1_3", "-ciphersuites", suite], site.files)
        #expect(seen.finishedHandshake && seen.text.contains("Cipher is \(suite)"), "\(seen.text)")
        let all = try await SClient.visits(
            site.fixture, ["-tls1_3", "-ciphersuites", Self.tls13Suites.reversed().joined(separator: ":")], site.files
        )
        #expect(all.text.contains("Cipher is TLS_AES_128_GCM_SHA256"), "\(all.text)")
        let ccm = try await SClient.refused(by: site.fixture, ["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"], site.files)
        #expect(ccm.alert == 40, "\(ccm.text)")
        await site.fixture.gateway.stop()
    }

    @Test(
        "Groups", arguments: [("X25519", true), ("P-256", true), ("P-384", true), ("P-521", false), ("X448", false)],
        ["-tls1_2", "-tls1_3"])
    func group(group: (name: String, isOffered: Bool), version: String) async throws {
        let site = try await Site.start()
        let seen = try await SClient.refused(by: site.fixture, [version, "-groups", group.name], nil)
        // Without a certificate: whoever gets far enough to be told so has agreed on a group.
        let missing: UInt8 = version == "-tls1_3" ? 116 : 40
        #expect(seen.alert == (group.isOffered ? missing : 40), "\(seen.text)")
        #expect(seen.text.contains(" Temp Key: ") == group.isOffered, "\(seen.text)")
        await site.fixture.gateway.stop()
    }

    @Test(
        "No ticket and no session id is given out, and a device that comes back shakes hands in full",
        arguments: ["-tls1_2", "-tls1_3"])
    func resumption(version: String) async throws {
        let site = try await Site.start()
        // s_client comes back five times with the session of the first handshake.
        let seen = try await SClient.visits(site.fixture, [version, "-reconnect"], site.files)
        #expect(seen.finishedHandshake, "\(seen.text)")
        let handshakes = seen.text.components(separatedBy: "\n").filter {
            $0.hasPrefix("New, TLS") || $0.hasPrefix("Reused, TLS")
        }
        #expect(handshakes.count == 6 && handshakes.allSatisfy { $0.hasPrefix("New, ") }, "\(handshakes)")
        #expect(!seen.text.contains("TLS session ticket") && !seen.text.contains("New Session Ticket"), "\(seen.text)")
        #expect(seen.text.range(of: "Session-ID: [0-9A-F]", options: .regularExpression) == nil, "\(seen.text)")
        await site.fixture.gateway.stop()
    }

    @Test("Renegotiation by the device is refused")
    func renegotiation() async throws {
        let site = try await Site.start()
        let outcome = try await SClient.says(site.fixture, ["-tls1_2"], site.files, input: "R\nafter\n")
        #expect(outcome.text.contains("RENEGOTIATING") && outcome.text.contains("no renegotiation"), "\(outcome.text)")
        await site.fixture.gateway.stop()
    }

    @Test("The names of the trust anchors stand in CertificateRequest", arguments: ["-tls1_2", "-tls1_3"])
    func advertisedNames(version: String) async throws {
        let site = try await Site.start()
        let seen = try await SClient.visits(site.fixture, [version, "-nameopt", "oneline"], site.files)
        #expect(seen.text.contains("Acceptable client certificate CA names\nCN = Test Device Root\n"), "\(seen.text)")
        await site.fixture.gateway.stop()
    }

    @Test(
        "An RSA certificate is shown to devices that cannot use the ECDSA one",
        // As OpenSSL 3.0 calls it, and as 3.5 does.
        arguments: [("RSA", ["RSA-PSS", "rsa_pss_rsae_sha256"]), ("ECDSA", ["ECDSA", "ecdsa_secp256r1_sha256"])])
    func serverCertificates(kind: (asked: String, shown: [String])) async throws {
        let site = try await Site.start()
        let seen = try await SClient.visits(
            site.fixture,
            ["-tls1_3", "-sigalgs", kind.asked == "RSA" ? "rsa_pss_rsae_sha256:ECDSA+SHA1" : "ecdsa_secp256r1_sha256"], nil
        )
        #expect(kind.shown.contains(try #require(seen.value("Peer signature type"))), "\(seen.text)")
        await site.fixture.gateway.stop()
    }
}

/// A gateway with an ECDSA and an RSA certificate, and a device that may connect.
private struct Site: Sendable {
    let fixture: GatewayFixture
    let files: DeviceFiles

    static func start() async throws -> Site {
        let upstream = try ScriptedUpstream.echo()
        let both = TemporaryDirectory()
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            pki: {
                let pki = try DevicePKI()
                let server = try pki.issuing.issueServer(key: .rsa2048)
                try server.write(to: both.file("rsa.pem"))
                try server.key.write(to: both.file("rsa.key"))
                return pki
            },
            configuration: {
                let second = "{ chain: \"\(both.file("rsa.pem"))\", key: \"\(both.file("rsa.key"))\" }"
                return $0.replacing("key: server.key }", with: "key: server.key }, \(second)")
            }
        )
        let device = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1")
        return Site(fixture: fixture, files: try fixture.files(for: device, named: "pump"))
    }
}

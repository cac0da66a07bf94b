import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("A refused device reads the right fatal alert, with OpenSSL's own client")
struct AlertTests {
    enum Device: CaseIterable, CustomTestStringConvertible {
        case withoutCertificate, revoked, expired, ofUnknownCA, ofServerPurpose

        var testDescription: String { "\(self)" }

        func certificate(_ pki: DevicePKI) throws -> LabCertificate? {
            let identity = "urn:hospital:device:pump:1"
            switch self {
            case .withoutCertificate: return nil
            case .revoked: return try pki.issuing.issueDevice(identity)
            case .expired: return try pki.issuing.issueDevice(identity) { $0.validity = .expired }
            case .ofUnknownCA: return try LabCertificateAuthority(root: "Somebody Else").issueDevice(identity)
            case .ofServerPurpose: return try pki.issuing.issueDevice(identity) { $0.purposes = [.serverAuth] }
            }
        }

        var reason: String {
            switch self {
            case .withoutCertificate: "no-certificate"
            case .revoked: "revoked"
            case .expired: "expired"
            case .ofUnknownCA: "unknown-ca"
            case .ofServerPurpose: "wrong-purpose"
            }
        }

        /// RFC 8446 §6.2; TLS 1.2 has no certificate_required.
        func alert(_ version: String) -> UInt8 {
            switch self {
            case .withoutCertificate: version == "-tls1_3" ? 116 : 40
            case .revoked: 44
            case .expired: 45
            case .ofUnknownCA: 48
            case .ofServerPurpose: 43
            }
        }
    }

    /// An alert that is lost is lost in a race: once is not enough.
    private static let attempts = 5

    @Test("refused, with its alert, and nothing reaches the upstream", arguments: Device.allCases, ["-tls1_2", "-tls1_3"])
    func alert(device: Device, version: String) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let certificate = try device.certificate(fixture.pki)
        let files = try certificate.map { try fixture.files(for: $0, named: "device") }
        if device == .revoked, let certificate { try fixture.revoke([LabRevokedEntry(certificate)]) }

        for attempt in 1...Self.attempts {
            let seen = try await SClient.refused(by: fixture, [version], files)
            #expect(seen.alert == device.alert(version), "attempt \(attempt): \(seen.text)")
        }
        let refused = try await fixture.log.lines("refused", atLeast: Self.attempts)
        #expect(refused.map { $0.fields["reason"] } == Array(repeating: device.reason, count: Self.attempts))
        #expect(refused.allSatisfy { $0.fields["alert"] == "\(device.alert(version))" })
        #expect(upstream.connections == 0 && upstream.receivedOctets == 0)
        await fixture.gateway.stop()
    }
}

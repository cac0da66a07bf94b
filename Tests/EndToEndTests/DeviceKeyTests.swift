import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("Every usual kind of device key is accepted")
struct DeviceKeyTests {
    /// What the log says a key of this kind signed with.
    private static func signature(_ kind: LabKey.Kind, _ version: TLSVersion) -> String {
        switch kind {
        // TLS 1.3 binds a curve to its digest (RFC 8446 §4.2.3); in 1.2 the gateway's preference decides.
        case .p256: "id-ecPublicKey+SHA256"
        case .p384: version == .tls13 ? "id-ecPublicKey+SHA384" : "id-ecPublicKey+SHA256"
        case .rsa2048, .rsa3072: "RSASSA-PSS+SHA256"
        case .rsaPSS: "RSASSA-PSS+SHA256"
        case .ed25519: "ED25519"
        }
    }

    @Test("B012: the key is accepted, and what it signed with is logged", arguments: LabKey.Kind.allCases, TLSVersion.allCases)
    func accepted(_ kind: LabKey.Kind, _ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let device = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1", key: kind)
        #expect(try await fixture.attempt(device, version) == .served)
        let admitted = try await fixture.log.lines("admitted", atLeast: 1)
        #expect(admitted.map { $0.fields["signature"] } == [Self.signature(kind, version)])
        await fixture.gateway.stop()
    }
}

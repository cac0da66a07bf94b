import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("A device that may connect is relayed")
struct AdmissionTests {
    @Test("B003: a good certificate with its intermediate is served", arguments: TLSVersion.allCases)
    func good(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.pki.pump()
        #expect(try await fixture.attempt(pump, version) == .served)
        let admitted = try await fixture.log.lines("admitted", atLeast: 1)
        #expect(admitted.map { $0.fields["device"] } == ["urn:hospital:device:pump:1"])
        #expect(admitted.map { $0.fields["tls"] } == [version.rawValue])
        #expect(admitted.map { $0.fields["policy"] } == ["devices"])
        await fixture.gateway.stop()
    }

    @Test("B018: with lists for the whole chain and nobody on them, every device is served")
    func nobodyRevoked() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        for number in 1...3 { #expect(try await fixture.attempt(fixture.pki.pump(number)) == .served) }
        #expect(fixture.log.lines("refused").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("B007: an intermediate that the device does not send is taken from the configuration", arguments: TLSVersion.allCases)
    func configuredIntermediate(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        #expect(try await fixture.attempt(fixture.pki.pump().withoutIntermediates(), version) == .served)
        await fixture.gateway.stop()
    }

    @Test("B007: an intermediate that is missing in both places refuses the device", arguments: TLSVersion.allCases)
    func missingIntermediate(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("    intermediates: [issuing.pem]\n", by: "")
        }
        #expect(try await fixture.attempt(fixture.pki.pump().withoutIntermediates(), version) == .alert(48))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["unknown-ca"])
        #expect(upstream.connections == 0)
        await fixture.gateway.stop()
    }

    @Test("B038: a policy for all serves every device of the CA, and nobody else's")
    func allowAll() async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing("    vouches_for: [\"urn:hospital:device:**\"]\n", by: "")
                .replacing(
                    "{ name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }",
                    by: "{ name: all, devices: any }")
        }
        let odd = try fixture.pki.issuing.issueDevice("https://anything.example/at/all")
        #expect(try await fixture.attempt(odd) == .served)
        let stranger = try DevicePKI().issuing.issueDevice("https://anything.example/at/all")
        #expect(try await fixture.attempt(stranger) == .alert(48))
        #expect(upstream.connections == 1)
        await fixture.gateway.stop()
    }
}

extension LabCertificate {
    /// As a device shows it that keeps its own certificate alone.
    func withoutIntermediates() throws -> LabCertificate { try LabCertificate(pem: pem(), key: key) }
}

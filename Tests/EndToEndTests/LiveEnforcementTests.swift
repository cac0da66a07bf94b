import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("No session outlives what permits it")
struct LiveEnforcementTests {
    @Test("A session is cut when the certificate that it was admitted with expires", arguments: TLSVersion.allCases)
    func expired(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let notAfter = LabTime.now() + 3
        let pump = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1") {
            $0.validity = Validity(notBefore: LabTime.now() + -60, notAfter: notAfter)
        }
        let lasting = try fixture.client(fixture.pki.pump(2), versions: version...version)
        #expect(try lasting.greet() == .served)
        let (first, end, endedAt) = try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            return (try device.greet(), try device.receive(), LabTime.now())
        }
        #expect(first == .served)
        #expect(end == .closeNotify)
        // Its last second belongs to it.
        #expect(endedAt > notAfter)
        #expect(endedAt <= notAfter + 3)
        let cuts = try await fixture.log.lines("session cut", atLeast: 1)
        #expect(cuts.map { $0.fields["reason"] } == ["expired"])
        #expect(cuts.map { $0.fields["device"] } == ["urn:hospital:device:pump:1"])
        #expect(try await fixture.attempt(pump, version) == .alert(45))
        #expect(try lasting.greet() == .served)
        await fixture.gateway.stop()
    }

    @Test("T30: a device that is revoked between verdict and end of handshake never relays", arguments: TLSVersion.allCases)
    func race(_ version: TLSVersion) async throws {
        // A busy machine may take long over what happens meanwhile.
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.addingToListener("timeouts: { handshake: 60s }")
        }
        let pump = try fixture.pki.pump()
        let wire = try HeldFlight(to: fixture.address())
        async let outcome = blocking { () -> Bool in
            do {
                let device = try fixture.pki.client(pump, to: wire.address, versions: version...version, timeoutSeconds: 60)
                // Nothing may follow the handshake on the wire while its end is held.
                while !wire.isReleased { usleep(1000) }
                return try device.greet() == .served
            } catch is TLSClient.Failure {
                return false
            }
        }
        try await eventually(within: 30) { wire.isHolding }
        let count = "pulsegate_decision_seconds_count{listener=\"devices\"}"
        for _ in 0..<500 where try await fixture.metrics()[count] != 1 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await fixture.metrics()[count] == 1)
        try fixture.revoke([LabRevokedEntry(pump)])
        wire.release()
        #expect(try await outcome == false)
        let refusals = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refusals.map { $0.fields["reason"] } == ["revoked"])
        #expect(fixture.log.lines("admitted").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("A reload asks exactly those whom it concerns, and says so")
    func examined() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pumps = try (1...6).map { try fixture.pki.pump($0) }
        let devices = try pumps.map { try fixture.client($0) }
        for device in devices { #expect(try device.greet() == .served) }
        func examined(_ generation: UInt64) async throws -> [Int] {
            let number = "\(generation)"
            try await eventually { fixture.log.lines("snapshot applied").filter { $0.fields["generation"] == number }.count == 2 }
            let lines = fixture.log.lines("snapshot applied").filter { $0.fields["generation"] == number }
            return ["examined", "cut"].map { field in lines.compactMap { $0.fields[field].flatMap { Int($0) } }.reduce(0, +) }
        }
        #expect(try await examined(try fixture.gateway.reload().get()) == [0, 0])
        try fixture.revoke([LabRevokedEntry(pumps[0]), LabRevokedEntry(pumps[1])])
        #expect(try await examined(3) == [2, 2])
        fixture.rewriteConfiguration(fixture.site.text + "clock_skew: 4m\n")
        #expect(try await examined(try fixture.gateway.reload().get()) == [4, 0])
        for device in devices[2...] { #expect(try device.greet() == .served) }
        await fixture.gateway.stop()
    }
}

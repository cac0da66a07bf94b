import Foundation
import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("Revocation lists speak only when their issuer signed them")
struct RevocationListReloadTests {
    @Test("T20: a list signed by the wrong key is refused at the reload, and the old state serves on")
    func forgedAtReload() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.pki.pump()
        let device = try fixture.client(pump)
        #expect(try device.greet() == .served)
        let stranger = try LabKey()
        try fixture.pki.issuing.revocationList(revoking: [LabRevokedEntry(pump)], number: 9) { $0.signer = stranger }
            .write(to: fixture.directory.file("issuing.crl"))
        #expect(throws: (any Error).self) { try fixture.gateway.reload().get() }
        let refused = fixture.log.lines("reload refused, the old state serves on")
        #expect(refused.count == 1)
        #expect(refused.first?.fields["cause"]?.contains("issuing.crl") == true)
        let finding = try #require(fixture.log.lines.first { $0.level == .error && $0.fields["line"] != nil })
        #expect(finding.message.contains("issuing.crl") && !finding.message.contains("error:"), "\(finding.message)")
        #expect(finding.fields["file"] == fixture.site.configurationFile && finding.fields["column"] != nil)
        #expect(fixture.log.lines("configuration reloaded").isEmpty)
        #expect(refused.first?.fields["cause"]?.contains("signed by no known key") == true)
        #expect(try device.greet() == .served)
        #expect(try await fixture.attempt(pump) == .served)
        let failures = try await fixture.metrics().total("pulsegate_revocation_fetch_failures_total")
        #expect(failures == 1)
        await fixture.gateway.stop()
    }

    @Test("T20: a gateway does not start on a list signed by the wrong key")
    func forgedAtStart() async throws {
        let stranger = try LabKey()
        await #expect {
            _ = try await GatewayFixture(
                upstream: ScriptedUpstream.echo().address,
                files: { directory, pki in
                    try pki.issuing.revocationList { $0.signer = stranger }.write(to: directory.file("issuing.crl"))
                }
            )
        } throws: {
            "\($0)".contains("issuing.crl")
        }
    }

    /// A gateway that is not told its issuing CA: the devices bring it.
    private static func fixture(
        _ pki: DevicePKI, naming entries: [LabRevokedEntry] = [], signer: LabKey? = nil
    ) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            pki: { pki },
            configuration: { $0.replacing("    intermediates: [issuing.pem]\n", by: "") },
            files: { directory, pki in
                try pki.issuing.revocationList(revoking: entries) { $0.signer = signer }.write(to: directory.file("issuing.crl"))
            }
        )
    }

    @Test("A list waits for its issuer's certificate, which a device brings", arguments: TLSVersion.allCases)
    func parked(_ version: TLSVersion) async throws {
        let pki = try DevicePKI()
        let fixture = try await Self.fixture(pki)
        #expect(
            fixture.log.lines.contains { $0.message.contains("issuing.crl") && $0.message.contains("wait until a device brings") }
        )
        let pump = try pki.pump()
        let device = try fixture.client(pump, versions: version...version)
        #expect(try device.greet() == .served)
        let proven = try await fixture.log.lines("lists proven by an issuer that a device brought", atLeast: 1)
        #expect(proven.map { $0.fields["trust_anchor"] } == ["device-ca"])

        try fixture.revoke([LabRevokedEntry(pump)])
        #expect(try device.receive() == .closeNotify)
        #expect(try await fixture.attempt(pump, version) == .alert(44))
        let cuts = try await fixture.log.lines("session cut", atLeast: 1)
        #expect(cuts.map { $0.fields["reason"] } == ["revoked"])
        await fixture.gateway.stop()
    }

    @Test("A device that brings the issuer of a list that names it is refused at once", arguments: TLSVersion.allCases)
    func parkedAndNamed(_ version: TLSVersion) async throws {
        let pki = try DevicePKI()
        let pump = try pki.pump()
        let fixture = try await Self.fixture(pki, naming: [LabRevokedEntry(pump)])
        #expect(try await fixture.attempt(pump, version) == .alert(44))
        #expect(try await fixture.attempt(pki.pump(2), version) == .served)
        await fixture.gateway.stop()
    }

    @Test("A waiting list that its issuer did not sign never speaks: the status stays unknown")
    func parkedAndForged() async throws {
        let pki = try DevicePKI()
        let fixture = try await Self.fixture(pki, signer: LabKey())
        #expect(try await fixture.attempt(pki.pump()) == .alert(46))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["revocation-unknown"])
        let detail = refused.first?.fields["detail"] ?? ""
        #expect(detail.hasPrefix("the leaf, issued by CN=Test Device Issuing: no list of its issuer is signed"), "\(detail)")
        #expect(detail.contains("(the list number 0x01 of CN=Test Device Issuing of 20"), "\(detail)")
        await fixture.gateway.stop()
    }

    @Test("A list whose file nobody wrote to is taken over at a reload, and speaks as before")
    func takenOver() async throws {
        let pki = try DevicePKI()
        let (revoked, good) = (try pki.pump(1), try pki.pump(2))
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            pki: { pki },
            files: { directory, pki in
                // So many that their records go to the disk.
                let others = (0..<5_000).map { LabRevokedEntry(serial: [3, UInt8($0 >> 8), UInt8($0 & 0xff)]) }
                try pki.issuing.revocationList(revoking: others + [LabRevokedEntry(revoked)])
                    .write(to: directory.file("issuing.crl"))
                // Only of a file that was left alone that long is it known that it is the same.
                usleep(2_050_000)
            }
        )
        for _ in 0..<2 {
            #expect(try await fixture.attempt(revoked) == .alert(44))
            #expect(try await fixture.attempt(good) == .served)
            _ = try fixture.gateway.reload().get()
        }
        await fixture.gateway.listsAreKept()
        #expect(fixture.log.lines("a revocation list is not kept for the next start").isEmpty)
        await fixture.gateway.stop()
    }
}

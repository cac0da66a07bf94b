import GatewayTesting
import LabPKI
import PKITypes
import TLSStream
import TLSTermination
import Testing

@Suite("Sessions that are resumed are decided about again")
struct ResumptionTests {
    /// More than it takes for both of two loops to be met: all go to one of them once in 32,768 times.
    private static let visits = 16

    static func fixture(
        _ edit: (String) -> String = { $0 }, sessions: SharedSessionStore = SharedSessionStore()
    ) async throws -> GatewayFixture {
        let upstream = try ScriptedUpstream.echo().address
        let site = try GatewaySite(upstream: upstream) { edit($0.addingToListener("resumption: allowed")) }
        return try await GatewayFixture(site, sessions: sessions)
    }

    @Test(
        "A session made on one loop goes on upon the other, and the log, the metrics and the device say so",
        arguments: TLSVersion.allCases)
    func acrossLoops(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let device = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        var visit = try await device.visit()
        #expect(visit.outcome == .served && !visit.isResumed)
        for _ in 0..<Self.visits {
            visit = try await device.visit(with: visit.session)
            #expect(visit.outcome == .served && visit.isResumed)
        }
        let admitted = try await fixture.log.lines("admitted", atLeast: Self.visits + 1)
        #expect(Set(admitted.map(\.loop)) == ["00", "01"])
        // Of two loops' events that come within milliseconds either may be told first.
        #expect(admitted.compactMap { $0.fields["resumed"] } == [String](repeating: "true", count: Self.visits))
        for line in admitted {
            #expect(line.fields["device"] == "urn:hospital:device:pump:1" && line.fields["policy"] == "devices")
            #expect(line.fields["serial"] == device.certificate.serialText && line.fields["tls"] == version.rawValue)
        }
        let page = try await fixture.metrics()
        #expect(page["pulsegate_handshakes_total{listener=\"devices\",result=\"resumed\"}"] == Double(Self.visits))
        #expect(page["pulsegate_handshakes_total{listener=\"devices\",result=\"full\"}"] == 1)
        #expect(page["pulsegate_session_store_total{result=\"hit\"}"] == Double(Self.visits))
        #expect(page["pulsegate_session_store_total{result=\"refused\"}"] == 0)
        #expect(page["pulsegate_session_store_entries"] == 1)
        #expect(page["pulsegate_session_store_bytes"] ?? 0 > 100)
        await fixture.gateway.stop()
    }

    @Test("A session of TLS 1.3 goes on once, one of TLS 1.2 again", arguments: TLSVersion.allCases)
    func singleUse(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let device = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        let session = try await device.sessions(1)[0]
        let visits = [try await device.visit(with: session), try await device.visit(with: session)]
        #expect(visits.map(\.outcome) == [.served, .served])
        #expect(visits.map(\.isResumed) == [true, version == .tls12])
        await fixture.gateway.stop()
    }

    /// What takes a device's right away, and how the refusal reads.
    enum Change: String, CaseIterable, Sendable {
        case listed = "T5: its certificate is on a list"
        case listedWithoutNumber = "T5: its certificate is on a list that has no number"
        case authorityRevoked = "T11: the intermediate is revoked"
        case anchorReplaced = "T11: its CA is removed"
        case policyDenies = "T12: the policy no longer names it"
        case networkDenied = "T12: the policy no longer takes its network"
        case purposeDemanded = "T14: the listener asks for more than it did when the session was made"
        case identityElsewhere = "T14: identities are read from elsewhere"

        var alert: UInt8 {
            switch self {
            case .listed, .listedWithoutNumber, .authorityRevoked: 44
            case .anchorReplaced: 48
            case .policyDenies, .networkDenied: 46
            case .purposeDemanded: 43
            case .identityElsewhere: 42
            }
        }

        func make(in fixture: GatewayFixture, against pump: LabCertificate) throws {
            let (pki, text) = (fixture.pki, fixture.site.text)
            switch self {
            case .listed: try fixture.revoke([LabRevokedEntry(pump)])
            case .listedWithoutNumber:
                try pki.issuing.revocationList(revoking: [LabRevokedEntry(pump)], number: nil)
                    .write(to: fixture.directory.file("issuing.crl"))
            case .authorityRevoked:
                try pki.root.revocationList(revoking: [LabRevokedEntry(pki.issuing.certificate)], number: 2)
                    .write(to: fixture.directory.file("root.crl"))
            case .anchorReplaced:
                try DevicePKI().writeAuthorities(to: fixture.directory)
            case .policyDenies:
                fixture.rewriteConfiguration(
                    text.replacing("identity: \"urn:hospital:device:**\"", by: "identity: \"urn:hospital:device:monitor:*\""))
            case .networkDenied:
                fixture.rewriteConfiguration(
                    text.replacing("devices: any }", by: "devices: any, require: { networks: [10.0.0.0/8] } }"))
            case .purposeDemanded:
                fixture.rewriteConfiguration(
                    text.replacing("resumption: allowed", by: "resumption: allowed\n    extended_key_usage: [1.3.6.1.5.5.7.3.17]")
                )
            case .identityElsewhere:
                fixture.rewriteConfiguration(
                    text.replacing("    vouches_for", by: "    identity: san-dns\n    vouches_for"))
            }
            _ = try fixture.gateway.reload().get()
        }
    }

    @Test("Refused on every loop by a full handshake, with that one's alert", arguments: Change.allCases, TLSVersion.allCases)
    func refused(_ change: Change, _ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let device = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(), version: version)
        let sessions = try await device.sessions(Self.visits + 1)
        let before = try await device.visit(with: sessions[Self.visits])
        #expect(before.outcome == .served && before.isResumed)
        try change.make(in: fixture, against: device.certificate)
        for session in sessions.prefix(Self.visits) {
            let visit = try await device.visit(with: session)
            #expect(visit.outcome == .alert(change.alert) && !visit.isResumed, "\(change.rawValue)")
        }
        let refused = try await fixture.log.lines("refused", atLeast: Self.visits)
        #expect(refused.count == Self.visits && Set(refused.map(\.loop)) == ["00", "01"])
        #expect(refused.allSatisfy { $0.fields["resumed"] == nil && $0.fields["alert"] == "\(change.alert)" })
        let page = try await fixture.metrics()
        #expect(page["pulsegate_handshakes_total{listener=\"devices\",result=\"resumed\"}"] == 1)
        await fixture.gateway.stop()
    }

    @Test("A device that the change does not concern goes on", arguments: TLSVersion.allCases)
    func untouched(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let device = ReturningDevice(fixture: fixture, certificate: try fixture.pki.pump(1), version: version)
        let session = try await device.sessions(1)[0]
        try fixture.revoke([LabRevokedEntry(fixture.pki.pump(2))])
        let visit = try await device.visit(with: session)
        #expect(visit.outcome == .served && visit.isResumed)
        await fixture.gateway.stop()
    }

    @Test("A device whose live session was cut has no session left, even when it may come back", arguments: TLSVersion.allCases)
    func cut(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let (pump, other) = (try fixture.pki.pump(1), try fixture.pki.pump(2))
        let device = ReturningDevice(fixture: fixture, certificate: pump, version: version)
        let away = ReturningDevice(fixture: fixture, certificate: other, version: version)
        let (session, kept) = (try await device.sessions(1)[0], try await away.sessions(1)[0])
        let live = try fixture.client(pump, versions: version...version)
        #expect(try live.greet() == .served)
        try Change.policyDenies.make(in: fixture, against: pump)
        #expect(try live.receive() == .closeNotify)
        fixture.rewriteConfiguration(fixture.site.text)
        _ = try fixture.gateway.reload().get()
        let (first, second) = (try await device.visit(with: session), try await away.visit(with: kept))
        #expect(first.outcome == .served && !first.isResumed)
        #expect(second.outcome == .served && second.isResumed)
        await fixture.gateway.stop()
    }
}

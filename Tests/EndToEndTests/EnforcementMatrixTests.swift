import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import TLSStream
import Testing

/// Every way in which a right ends, with every way in which a device may still hold on to it.
@Suite("Whatever ends a device's right ends its sessions and what it could resume")
struct EnforcementMatrixTests {
    struct Cell: Sendable, CustomTestStringConvertible {
        let ending: RightEnding
        let version: TLSVersion
        let loops: Int

        var testDescription: String { "\(ending.rawValue), \(version), \(loops) loops" }

        static let all: [Cell] = RightEnding.allCases.flatMap { ending in
            TLSVersion.allCases.flatMap { version in [1, 2].map { Cell(ending: ending, version: version, loops: $0) } }
        }
    }

    /// All on one of two loops: once in 2,048 times.
    private static let sessions = 12

    private static func fixture(_ cell: Cell) async throws -> GatewayFixture {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address) { text in
            text.addingToListener("resumption: allowed").replacing("workers: 2", by: "workers: \(cell.loops)")
        }
        let fixture = try await GatewayFixture(site)
        try RightEnding.enroll(in: fixture)
        return fixture
    }

    @Test("a live session is cut, and the device is refused", arguments: Cell.all)
    func live(_ cell: Cell) async throws {
        let fixture = try await Self.fixture(cell)
        let certificate = try cell.ending.certificate(of: fixture.pki)
        let devices = try (0..<Self.sessions).map { _ in
            let device = try fixture.client(certificate, versions: cell.version...cell.version)
            #expect(try device.greet() == .served)
            return device
        }
        try await cell.ending.happen(to: certificate, in: fixture)
        for device in devices { #expect(try device.receive() == .closeNotify) }
        let cuts = try await fixture.log.lines("session cut", atLeast: Self.sessions)
        #expect(cuts.count == Self.sessions && Set(cuts.map { $0.fields["reason"] }) == [cell.ending.reason])
        #expect(Set(cuts.map(\.loop)).count == cell.loops)
        #expect(try await fixture.attempt(certificate, cell.version) == .alert(cell.ending.alert))
        await fixture.gateway.stop()
    }

    @Test("a session that could be resumed is not, and the full handshake refuses", arguments: Cell.all)
    func resumed(_ cell: Cell) async throws {
        let fixture = try await Self.fixture(cell)
        let certificate = try cell.ending.certificate(of: fixture.pki)
        let device = ReturningDevice(fixture: fixture, certificate: certificate, version: cell.version)
        let sessions = try await device.sessions(Self.sessions + 1)
        let before = try await device.visit(with: sessions[Self.sessions])
        #expect(before.outcome == .served && before.isResumed)
        try await cell.ending.happen(to: certificate, in: fixture)
        for session in sessions.prefix(Self.sessions) {
            let visit = try await device.visit(with: session)
            #expect(visit.outcome == .alert(cell.ending.alert) && !visit.isResumed)
        }
        let refused = try await fixture.log.lines("refused", atLeast: Self.sessions)
        #expect(refused.count == Self.sessions && Set(refused.map { $0.fields["reason"] }) == [cell.ending.reason])
        #expect(Set(refused.map(\.loop)).count == cell.loops)
        await fixture.gateway.stop()
    }
}

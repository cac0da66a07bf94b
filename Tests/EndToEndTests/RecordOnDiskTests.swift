import Foundation
import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("A list whose records are on the disk")
struct RecordOnDiskTests {
    /// Enough that the records do not stay in memory.
    private static func entries(naming certificates: LabCertificate...) -> [LabRevokedEntry] {
        let filler = (0..<5000).map { number in
            LabRevokedEntry(serial: [1, UInt8(number >> 8), UInt8(number & 0xff)] + [UInt8](repeating: 7, count: 13))
        }
        return filler + certificates.map { LabRevokedEntry($0, reason: .keyCompromise) }
    }

    private static func fixture(_ pki: DevicePKI, naming certificate: LabCertificate) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            pki: { pki },
            files: { directory, pki in
                try pki.issuing.revocationList(revoking: entries(naming: certificate)).write(to: directory.file("issuing.crl"))
            }
        )
    }

    private static func tables(_ fixture: GatewayFixture) -> [String] {
        let directory = fixture.directory.file("state/revocation")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".table") }.map { "\(directory)/\($0)" }
    }

    /// The system forgets what it has of the tables in memory. Not every file system does.
    private static func forget(_ fixture: GatewayFixture) {
        for path in tables(fixture) {
            let descriptor = open(path, O_RDONLY)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            close(descriptor)
        }
    }

    @Test("a revoked device is let through the handshake and no further, and reads the alert once its record is in memory")
    func confirmed() async throws {
        let pki = try DevicePKI()
        let (revoked, good) = (try pki.pump(1), try pki.pump(2))
        let fixture = try await Self.fixture(pki, naming: revoked)
        // Both lists are saved: what is written is clean, and can be forgotten.
        try await eventually { Self.tables(fixture).count == 2 }
        Self.forget(fixture)
        let first = try await fixture.attempt(revoked)
        switch first {
        // As it was forgotten.
        case .ended(.closeNotify): break
        // The file system does not forget.
        case .alert(44): break
        default: Issue.record("\(first)")
        }
        #expect(try await fixture.attempt(revoked) == .alert(44))
        #expect(try await fixture.attempt(good) == .served)
        let refused = try await fixture.log.lines("refused", atLeast: 2)
        #expect(refused.map { $0.fields["reason"] } == ["revoked", "revoked"])
        #expect(refused.allSatisfy { $0.fields["detail"]?.contains("keyCompromise") == true })
        await fixture.gateway.stop()
    }

    /// A device that a delta lifts from its list has an entry in both, and is good only once both are read.
    @Test("a good device whose records are forgotten again and again is served, while lists are swapped")
    func lifted() async throws {
        let pki = try DevicePKI()
        let pump = try pki.pump(1)
        @Sendable func write(_ number: UInt64, to directory: TemporaryDirectory) throws {
            try pki.issuing.revocationList(
                revoking: Self.entries() + [LabRevokedEntry(pump, reason: .certificateHold)], number: number
            )
            .write(to: directory.file("issuing.crl"))
            try pki.issuing.revocationList(
                revoking: Self.entries() + [LabRevokedEntry(pump, reason: .removeFromCRL)], number: number + 1
            ) { $0.deltaBase = number }
            .write(to: directory.file("delta.crl"))
        }
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            pki: { pki },
            configuration: { $0.replacing("{ file: issuing.crl }", by: "{ file: issuing.crl }, { file: delta.crl }") },
            files: { directory, _ in try write(1, to: directory) }
        )
        try await eventually { Self.tables(fixture).count == 3 }
        for turn in 1...10 as ClosedRange<UInt64> {
            Self.forget(fixture)
            async let outcome = fixture.attempt(pump)
            // New lists come while the old ones' records are read.
            try write(turn * 2 + 1, to: fixture.directory)
            _ = try fixture.gateway.reload().get()
            #expect(try await outcome == .served)
            await fixture.gateway.listsAreKept()
        }
        #expect(fixture.log.lines("refused").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("a session that such a list names is cut")
    func live() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.pki.pump()
        let device = try fixture.client(pump)
        #expect(try device.greet() == .served)
        try fixture.revoke(Self.entries(naming: pump))
        #expect(try device.receive() == .closeNotify)
        #expect(try await fixture.attempt(pump) == .alert(44))
        await fixture.gateway.stop()
    }

    /// A gateway of the site serves one device and refuses another, and ends.
    private static func serve(
        _ site: GatewaySite, _ good: LabCertificate, not revoked: LabCertificate,
        before stop: (GatewayFixture) async throws -> Void
    ) async throws {
        let fixture = try await GatewayFixture(site)
        var outcome = try await fixture.attempt(revoked)
        // A system short of memory may have forgotten the record: it is read then, and the alert comes the next time.
        if outcome == .ended(.closeNotify) { outcome = try await fixture.attempt(revoked) }
        #expect(outcome == .alert(44))
        #expect(try await fixture.attempt(good) == .served)
        try await stop(fixture)
        await fixture.gateway.stop()
    }

    @Test("a gateway that starts again serves from what it kept, and reads a damaged table's list again")
    func restart() async throws {
        let pki = try DevicePKI()
        let (revoked, good) = (try pki.pump(1), try pki.pump(2))
        let site = try GatewaySite(
            upstream: ScriptedUpstream.echo().address, pki: pki,
            files: { directory, pki in
                try pki.issuing.revocationList(revoking: Self.entries(naming: revoked)).write(to: directory.file("issuing.crl"))
            }
        )
        var tables: [String] = []
        try await Self.serve(site, good, not: revoked) { fixture in
            // A file that was just written is kept without its identity, because a later write could look the same.
            try await Task.sleep(for: .seconds(2.1))
            _ = try fixture.gateway.reload().get()
            try await eventually { Self.tables(fixture).count == 2 }
            tables = Self.tables(fixture)
        }
        #expect(tables.count == 2)
        let inodes = { try tables.map { try FileManager.default.attributesOfItem(atPath: $0)[.systemFileNumber] as? Int } }
        let kept = try inodes()
        try await Self.serve(site, good, not: revoked) { _ in }
        #expect(try inodes() == kept)

        for path in tables { try Data("nonsense".utf8).write(to: URL(fileURLWithPath: path)) }
        let damaged = try inodes()
        try await Self.serve(site, good, not: revoked) { _ in }
        #expect(try zip(inodes(), damaged).allSatisfy { $0 != $1 })
    }
}

import EventLoop
import PKITypes
import Testing
import VerificationCore

@testable import DataPlane
@testable import Gateway

@Suite("Who stays when one identity has too many sessions")
struct ClaimTableTests {
    private static let pump = DeviceIdentity(text: "urn:hospital:device:pump:1")

    private static var source: SocketAddress {
        guard let address = SocketAddress(ip: "10.0.0.1", port: 1) else { preconditionFailure("no address") }
        return address
    }

    private static func id(_ number: UInt32) -> DecisionID { DecisionID(run: 1, loop: Int(number % 2), sequence: number) }

    private static func wanted(
        _ number: UInt32, _ conflict: SessionLimit.Conflict, max: Int = 1, identity: DeviceIdentity = pump,
        _ use: SessionNotice.Use = .enforced
    ) -> SessionNotice {
        let claim = SessionClaim(
            decision: id(number), identity: identity, listener: "devices", source: source, serial: nil,
            since: UnixSeconds(1), connectedAt: UInt64(number) * 1_000)
        return .wanted(claim, SessionLimit(maximum: max, onConflict: conflict), use)
    }

    /// Without the facts of alarms.
    private static func words(_ steps: [ClaimTable.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .alarm: "alarm"
            case .quarantine: "quarantine"
            case .order(.probe(let id, let since)): "probe \(number(id)) since \(since)"
            case .order(.end(let id, let end)): "end \(number(id)) \(end.code)"
            case .order(.answer(let id, .granted)): "grant \(number(id))"
            case .order(.answer(let id, .grantedAlthough(let reason))): "grant \(number(id)) although \(reason.rawValue)"
            case .order(.answer(let id, .refused(let reason))): "refuse \(number(id)) \(reason.rawValue)"
            }
        }
    }

    private static func number(_ id: DecisionID) -> UInt64 { id.rawValue & 0xffff_ffff }

    @Test(
        "The second of one",
        arguments: [
            (SessionLimit.Conflict.refuse, ["refuse 2 session-limit", "alarm"]),
            (.replaceOld, ["end 1 replaced-by-newer", "grant 2", "alarm"]),
            (.quarantine, ["refuse 2 clone-suspected", "quarantine", "end 1 clone-suspected", "alarm"]),
            (.probeOld, ["probe 1 since 2000"]),
        ])
    func second(_ conflict: SessionLimit.Conflict, _ steps: [String]) {
        var table = ClaimTable()
        #expect(Self.words(table.take(Self.wanted(1, conflict))) == ["grant 1"])
        #expect(Self.words(table.take(Self.wanted(2, conflict))) == steps)
    }

    @Test("Others have their own number; one that went makes room; nothing is remembered of who is gone")
    func room() {
        var table = ClaimTable()
        let other = DeviceIdentity(text: "urn:hospital:device:pump:2")
        #expect(Self.words(table.take(Self.wanted(1, .refuse, max: 2))) == ["grant 1"])
        #expect(Self.words(table.take(Self.wanted(2, .refuse, max: 2))) == ["grant 2"])
        #expect(Self.words(table.take(Self.wanted(3, .refuse, max: 2))) == ["refuse 3 session-limit", "alarm"])
        #expect(Self.words(table.take(Self.wanted(4, .refuse, identity: other))) == ["grant 4"])
        #expect(table.take(.over(Self.id(1), Self.pump)).isEmpty)
        #expect(Self.words(table.take(Self.wanted(5, .refuse, max: 2))) == ["grant 5"])
        for number in [2, 5] as [UInt32] { #expect(table.take(.over(Self.id(number), Self.pump)).isEmpty) }
        #expect(table.take(.over(Self.id(4), other)).isEmpty)
        #expect(table.isEmpty)
    }

    @Test("A newcomer waits for the probe: a live one keeps it out, a dead one or its end lets it in")
    func probe() {
        for (notice, steps) in [
            (SessionNotice.probed(Self.id(1), .alive), ["refuse 2 session-limit", "alarm"]),
            (.probed(Self.id(1), .dead), ["end 1 replaced-by-newer", "grant 2"]), (.over(Self.id(1), Self.pump), ["grant 2"]),
        ] {
            var table = ClaimTable()
            _ = table.take(Self.wanted(1, .probeOld))
            #expect(Self.words(table.take(Self.wanted(2, .probeOld))) == ["probe 1 since 2000"])
            #expect(Self.words(table.take(notice)) == steps)
            // A second word on it changes nothing.
            #expect(table.take(notice).isEmpty)
        }
    }

    @Test("Of several old ones a dead one is enough; of several newcomers the first gets its place")
    func several() {
        var table = ClaimTable()
        for number in 1...2 as ClosedRange<UInt32> { _ = table.take(Self.wanted(number, .probeOld, max: 2)) }
        #expect(Self.words(table.take(Self.wanted(3, .probeOld, max: 2))) == ["probe 1 since 3000", "probe 2 since 3000"])
        #expect(Self.words(table.take(Self.wanted(4, .probeOld, max: 2))).isEmpty)
        #expect(Self.words(table.take(.probed(Self.id(1), .alive))).isEmpty)
        #expect(
            Self.words(table.take(.probed(Self.id(2), .dead))) == [
                "end 2 replaced-by-newer", "grant 3", "refuse 4 session-limit", "alarm",
            ])
        #expect(table.take(.over(Self.id(2), Self.pump)).isEmpty)
        for number in [1, 3] as [UInt32] { _ = table.take(.over(Self.id(number), Self.pump)) }
        #expect(table.isEmpty)
    }

    @Test("A newcomer that goes while it waits is nobody's trouble")
    func impatient() {
        var table = ClaimTable()
        _ = table.take(Self.wanted(1, .probeOld))
        _ = table.take(Self.wanted(2, .probeOld))
        #expect(table.take(.over(Self.id(2), Self.pump)).isEmpty)
        #expect(table.take(.probed(Self.id(1), .alive)).isEmpty)
        #expect(table.take(.over(Self.id(1), Self.pump)).isEmpty)
        #expect(table.isEmpty)
    }

    @Test("Where it is only reported, everybody comes in", arguments: SessionLimit.Conflict.allCases)
    func observed(_ conflict: SessionLimit.Conflict) {
        var table = ClaimTable()
        _ = table.take(Self.wanted(1, conflict, .reported))
        #expect(
            Self.words(table.take(Self.wanted(2, conflict, .reported))) == ["grant 2 although session-limit", "alarm"])
    }

    @Test("Alarms of one identity are told once a minute, with the number of the others")
    func damping() {
        var damping = AlarmDamping()
        #expect(damping.tell(Self.pump, at: UnixSeconds(100)) == 0)
        for second in [100, 130, 159] as [Int64] { #expect(damping.tell(Self.pump, at: UnixSeconds(second)) == nil) }
        #expect(damping.tell(DeviceIdentity(text: "urn:other"), at: UnixSeconds(130)) == 0)
        #expect(damping.tell(Self.pump, at: UnixSeconds(160)) == 3)
        #expect(damping.tell(Self.pump, at: UnixSeconds(220)) == 0)
    }
}

import PKITypes
import RandomTesting
import SessionRelay
import Testing

@testable import VerificationCore

@Suite("An admitted session ends by rule")
struct SessionStateMachineTests {
    fileprivate static func machine() -> SessionStateMachine {
        let permit = Permit(
            identity: DeviceIdentity(text: "urn:pump:1"), policy: "all", generation: 1, warnings: [],
            holdsUntil: UnixSeconds(.max)
        )
        return SessionStateMachine(Admission(permit, FinishedHandshake.assertion()))
    }

    @Test("It holds the admission that it was made of")
    func admission() {
        let machine = Self.machine()
        #expect(machine.admission.permit.identity == DeviceIdentity(text: "urn:pump:1"))
        #expect(machine.flow(from: .device).isOpen)
        #expect(machine.flow(from: .upstream).isOpen)
    }

    @Test(
        "The first clean end is passed to the other side, the second finishes; the first one names the end",
        arguments: [
            (Side.device, SessionEnd.deviceClosed), (.upstream, .upstreamClosed),
        ])
    func cleanEnds(_ first: (side: Side, end: SessionEnd)) {
        var machine = Self.machine()
        #expect(machine.sourceEnded(first.side, .clean) == .passEnd(to: first.side.opposite))
        #expect(machine.sourceEnded(first.side.opposite, .clean) == .finish(first.end, passEndTo: first.side))
    }

    @Test("An end waits behind octets, and the other direction goes on meanwhile")
    func pendingEnd() {
        var machine = Self.machine()
        machine.stored(10, from: .device)
        #expect(machine.sourceEnded(.device, .clean) == .none)
        machine.stored(5, from: .upstream)
        #expect(machine.flushed(5, from: .upstream) == .none)
        #expect(machine.flushed(10, from: .device) == .passEnd(to: .upstream))
        #expect(machine.flow(from: .upstream).wantsInput)
    }

    @Test("Who ended first names the end, although its octets took longer")
    func firstEnded() {
        var machine = Self.machine()
        machine.stored(10, from: .device)
        #expect(machine.sourceEnded(.device, .clean) == .none)
        #expect(machine.sourceEnded(.upstream, .clean) == .passEnd(to: .device))
        #expect(machine.flushed(10, from: .device) == .finish(.deviceClosed, passEndTo: .upstream))
    }

    @Test("A truncated stream aborts, behind what came")
    func truncated() {
        var machine = Self.machine()
        machine.stored(3, from: .device)
        #expect(machine.sourceEnded(.device, .truncated) == .none)
        #expect(machine.flushed(2, from: .device) == .none)
        #expect(machine.flushed(1, from: .device) == .abort(.truncated))
    }

    /// What a session is, told as simply as possible: what is waiting, which ends came, which were passed on.
    private struct Oracle {
        var pending: [Side: Int] = [.device: 0, .upstream: 0]
        var ends: [Side: Flow.End] = [:]
        var order: [Side] = []
        var passed: Set<Side> = []

        mutating func effect(afterEventOf side: Side) -> SessionStateMachine.Effect {
            guard pending[side] == 0, let end = ends[side], passed.insert(side).inserted else { return .none }
            if end == .truncated { return .abort(.truncated) }
            if passed.count < 2 { return .passEnd(to: side.opposite) }
            return .finish(order[0] == .device ? .deviceClosed : .upstreamClosed, passEndTo: side.opposite)
        }
    }

    @Test("Any order of events ends as a plain account of them says", arguments: 0..<200)
    func randomEvents(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var machine = Self.machine()
        var oracle = Oracle()
        for _ in 0..<60 {
            let side: Side = Bool.random(using: &random) ? .device : .upstream
            let waiting = oracle.pending[side] ?? 0
            let effect: SessionStateMachine.Effect
            switch Int.random(in: 0..<10, using: &random) {
            case 0 where oracle.ends[side] == nil:
                let end: Flow.End = Int.random(in: 0..<4, using: &random) == 0 ? .truncated : .clean
                oracle.ends[side] = end
                oracle.order.append(side)
                effect = machine.sourceEnded(side, end)
            case 1...5 where oracle.ends[side] == nil:
                let count = Int.random(in: 0...9, using: &random)
                oracle.pending[side] = waiting + count
                machine.stored(count, from: side)
                #expect(machine.flow(from: side).wantsInput == (waiting + count == 0))
                continue
            default:
                let count = Int.random(in: 0...waiting, using: &random)
                oracle.pending[side] = waiting - count
                effect = machine.flushed(count, from: side)
            }
            #expect(effect == oracle.effect(afterEventOf: side))
            let flow = machine.flow(from: side)
            #expect(flow.pendingOctets == oracle.pending[side])
            #expect(flow.wantsOutput == (flow.pendingOctets > 0))
            #expect(flow.hasEnded == oracle.passed.contains(side))
            // The driver is through with the session at either of these.
            switch effect {
            case .abort, .finish: return
            case .none, .passEnd: continue
            }
        }
    }
}

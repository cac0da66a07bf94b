import Testing

@testable import DataPlane

@Suite("Who waits to be decided again")
struct PendingDecisionsTests {
    private static func drain(_ pending: inout PendingDecisions) -> [UInt32] {
        var taken: [UInt32] = []
        while let place = pending.next() { taken.append(place) }
        return taken
    }

    @Test("Those who are named come before the others, and everybody comes")
    func order() {
        var pending = PendingDecisions()
        pending.addAll(below: 4)
        #expect(pending.next() == 0)
        pending.add(7)
        #expect(Self.drain(&pending) == [7, 1, 2, 3])
        #expect(pending.isEmpty)
    }

    @Test("A change for everybody begins anew: who was decided by the snapshot before is decided again")
    func anew() {
        var pending = PendingDecisions()
        pending.addAll(below: 3)
        _ = pending.next()
        _ = pending.next()
        pending.addAll(below: 3)
        #expect(Self.drain(&pending) == [0, 1, 2])
    }

    @Test("A snapshot is done when nobody waits, and each counts what came of it")
    func passes() {
        var pending = PendingDecisions()
        pending.begin(.init(generation: 1, publishedAt: 10))
        pending.addAll(below: 2)
        _ = pending.next()
        pending.noteCut(at: 15)
        pending.begin(.init(generation: 2, publishedAt: 20))
        pending.add(5)
        for moment in [25, 26] as [UInt64] {
            _ = pending.next()
            moment == 25 ? pending.noteKept() : pending.noteCut(at: moment)
        }
        #expect(
            pending.finish() == [
                .init(generation: 1, publishedAt: 10, examined: 1, cut: 1, lastCutAt: 15),
                .init(generation: 2, publishedAt: 20, examined: 2, cut: 1, lastCutAt: 26),
            ])
        // What time brings is counted for no snapshot.
        pending.add(1)
        pending.noteKept()
        _ = pending.next()
        #expect(pending.finish().isEmpty)
    }
}

import Testing

@testable import DataPlane

@Suite("How fast sessions are cut")
struct CutPaceTests {
    @Test("One by one at first, a late turn makes up for it, and whoever has waited long waits no more")
    func pace() {
        var pace = CutPace()
        let start: UInt64 = 1_000_000_000
        pace.begin(at: start)
        #expect(pace.pause(at: start) == 0)
        pace.noteCut()
        #expect(pace.pause(at: start) == CutPace.interval)
        #expect(pace.pause(at: start + CutPace.interval) == 0)
        // Somebody waits already: nothing begins anew.
        pace.begin(at: start + 1)
        pace.noteCut()
        let late = start + 3 * CutPace.interval
        #expect(pace.pause(at: late) == 0)
        pace.noteCut()
        #expect(pace.pause(at: late) == 0)
        pace.noteCut()
        #expect(pace.pause(at: late) == CutPace.interval)
        for _ in 0..<10_000 { pace.noteCut() }
        #expect(pace.pause(at: start + CutPace.patience - 1) > 0)
        #expect(pace.pause(at: start + CutPace.patience) == 0)
    }

    @Test("When nobody waited the first is cut at once, however many were cut before, and quiet time is no credit")
    func anew() {
        var pace = CutPace()
        pace.begin(at: 1_000_000)
        for _ in 0..<100 { pace.noteCut() }
        pace.end()
        pace.begin(at: 2_000_000)
        #expect(pace.pause(at: 2_000_000) == 0)
        pace.noteCut()
        #expect(pace.pause(at: 2_000_000) == CutPace.interval)
        pace.end()
        pace.begin(at: 9_000_000_000)
        pace.noteCut()
        #expect(pace.pause(at: 9_000_000_000) == CutPace.interval)
    }
}

import GatewayTesting
import PKITypes
import Testing

@testable import DataPlane

@Suite("The clock's high-water mark")
struct ClockMarkTests {
    /// The wall clock at each second of the monotonic clock, from 0 on, and what comes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var kept: Int64?
        /// (monotonic, wall)
        let readings: [(Int64, Int64)]
        let trusted: Bool
        let latest: Int64
    }

    static let second: Int64 = 1_000_000_000

    static let cases = [
        Case(testDescription: "a clock that runs", readings: [(0, 5000), (1, 5001), (2, 5002)], trusted: true, latest: 5002),
        Case(testDescription: "a start after the mark", kept: 4000, readings: [(0, 5000)], trusted: true, latest: 5000),
        Case(testDescription: "a start before the mark", kept: 9000, readings: [(0, 5000)], trusted: false, latest: 9000),
        Case(testDescription: "a start a little before", kept: 5060, readings: [(0, 5000)], trusted: true, latest: 5060),
        Case(testDescription: "a start just too early", kept: 5061, readings: [(0, 5000)], trusted: false, latest: 5061),
        Case(testDescription: "a step back within the tolerance", readings: [(0, 5000), (1, 4941)], trusted: true, latest: 5000),
        Case(testDescription: "a step back beyond it", readings: [(0, 5000), (1, 4939)], trusted: false, latest: 5000),
        Case(
            testDescription: "a step back that is put right", readings: [(0, 5000), (1, 1000), (9, 5009)], trusted: true,
            latest: 5009),
        Case(
            testDescription: "a step back that time has made good", readings: [(0, 5000), (1, 4900), (101, 5000)], trusted: true,
            latest: 5000),
        Case(
            testDescription: "a step forward is not noted at once",
            readings: [(0, 5000), (1, 9000)], trusted: true, latest: 5001),
        Case(
            testDescription: "a step forward that is put right harms nobody",
            readings: [(0, 5000), (1, 9000), (600, 9599), (601, 5601)], trusted: true, latest: 5601),
        Case(
            testDescription: "a step forward that stays is believed", readings: [(0, 5000), (1, 9000), (601, 9600)],
            trusted: true, latest: 9600),
        Case(
            testDescription: "and then a step back is not", readings: [(0, 5000), (1, 9000), (601, 9600), (602, 5602)],
            trusted: false, latest: 9600),
    ]

    @Test("follows the clock forward, and is not taken back by it", arguments: cases)
    func readings(_ example: Case) {
        var mark = ClockMark(
            kept: example.kept.map { UnixSeconds($0) }, wall: example.readings[0].1 * Self.second, monotonic: 0)
        for (monotonic, wall) in example.readings { mark.observe(wall: wall * Self.second, monotonic: monotonic * Self.second) }
        #expect(mark.trusts(UnixSeconds(example.readings.last?.1 ?? 0)) == example.trusted)
        #expect(mark.latest == UnixSeconds(example.latest))
    }

    @Test("decisions go on from it while the clock is behind, second by second")
    func goesOn() {
        let hands = ClockHands(wall: 5000, monotonic: 70)
        let clock = TrustedClock(hands.source)
        #expect(clock.now == UnixSeconds(5000) && clock.isTrusted)
        hands.set(wall: 1000, monotonic: 75)
        // Before anybody looked.
        #expect(clock.now == UnixSeconds(5005) && !clock.isTrusted)
        clock.observe()
        #expect(clock.now == UnixSeconds(5005) && !clock.isTrusted)
        hands.set(wall: 5009, monotonic: 79)
        #expect(clock.now == UnixSeconds(5009) && clock.isTrusted)
        hands.set(wall: 1000, monotonic: 80)
        clock.believeWall()
        #expect(clock.now == UnixSeconds(1000) && clock.isTrusted)
        #expect(clock.highWaterMark == UnixSeconds(1000))
    }
}

import Testing

@testable import Explanation

@Suite("Lengths of time for people")
struct DurationTextTests {
    @Test(
        "the two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (3_661, "1 h 1 min"), (86_400, "1 d"), (90_000, "1 d 1 h"),
            (71_280_000, "825 d"), (-90, "-1 min 30 s"), (Int64.max, "for ever"),
        ] as [(Int64, String)])
    func text(_ seconds: Int64, _ text: String) {
        #expect(DurationText.text(seconds) == text)
    }

    @Test("no number of seconds is too small")
    func extreme() {
        #expect(DurationText.text(.min) == "-for ever")
    }
}

import Testing

@testable import Configuration

@Suite("The limits of the change guard")
struct ChangeLimitTests {
    @Test(
        "a number counts always, a percentage from 100 on",
        arguments: [
            (ChangeLimit.percent(5), 1, 3, true), (.percent(5), 99, 99, true), (.percent(5), 5, 100, true),
            (.percent(5), 6, 100, false), (.percent(5), 400, 8000, true), (.percent(5), 401, 8000, false),
            (.percent(100), 8000, 8000, true), (.count(2), 2, 3, true), (.count(2), 3, 3, false), (.count(0), 1, 8000, false),
            (.count(0), 0, 0, true), (.none, 8000, 8000, true), (.percent(5), 0, 0, true),
        ] as [(ChangeLimit, Int, Int, Bool)])
    func allows(_ limit: ChangeLimit, _ affected: Int, _ total: Int, _ allowed: Bool) {
        #expect(limit.allows(affected, of: total) == allowed)
    }
}

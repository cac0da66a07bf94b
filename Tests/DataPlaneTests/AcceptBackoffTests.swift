import Testing

@testable import DataPlane

@Suite("How long accepting rests")
struct AcceptBackoffTests {
    @Test("Each rest is twice the one before, up to a second")
    func doubling() {
        var backoff = AcceptBackoff()
        let rests = (0..<8).map { _ in backoff.nextPauseSeconds() }
        #expect(rests == [0.05, 0.1, 0.2, 0.4, 0.8, 1, 1, 1])
    }

    @Test("A connection that was taken begins anew")
    func reset() {
        var backoff = AcceptBackoff()
        for _ in 0..<6 { _ = backoff.nextPauseSeconds() }
        backoff.succeeded()
        #expect(backoff.nextPauseSeconds() == 0.05)
        #expect(backoff.nextPauseSeconds() == 0.1)
    }
}

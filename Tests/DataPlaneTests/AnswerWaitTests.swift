import Testing

@testable import DataPlane

@Suite("Records that a connection waits for")
struct AnswerWaitTests {
    @Test("are read one at a time, and not for ever")
    func bounded() {
        var wait = AnswerWait()
        var begun = 0
        while wait.next() == .begin {
            begun += 1
            #expect(wait.next() == .isUnderWay)
            wait.ended()
        }
        #expect(wait.next() == .givenUp && begun == 32)
        wait.reset()
        #expect(wait.next() == .begin)
    }
}

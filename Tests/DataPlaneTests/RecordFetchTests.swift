import Testing

@testable import DataPlane

@Suite("Records that a connection waits for")
struct RecordFetchTests {
    @Test("are read one at a time, and not for ever")
    func bounded() {
        var fetch = RecordFetch()
        var begun = 0
        while fetch.next() == .begin {
            begun += 1
            #expect(fetch.next() == .isUnderWay)
            fetch.ended()
        }
        #expect(fetch.next() == .givenUp && begun == 32)
        fetch.reset()
        #expect(fetch.next() == .begin)
    }
}

import SessionRelay
import Testing

@Suite("One direction of a session")
struct FlowTests {
    @Test("It reads until something waits to be written, and then only writes")
    func backPressure() {
        var flow = Flow()
        #expect(flow.wantsInput)
        #expect(!flow.wantsOutput)
        flow.stored(100)
        #expect(!flow.wantsInput)
        #expect(flow.wantsOutput)
        #expect(flow.flushed(60) == nil)
        #expect(flow.pendingOctets == 40)
        #expect(!flow.wantsInput)
        #expect(flow.flushed(40) == nil)
        #expect(flow.wantsInput)
        #expect(!flow.wantsOutput)
        #expect(flow.isOpen)
    }

    @Test("Nothing stored is nothing pending")
    func storedNothing() {
        var flow = Flow()
        flow.stored(0)
        #expect(flow.wantsInput)
        #expect(flow.flushed(0) == nil)
    }

    @Test("An end with nothing in front of it is passed on at once", arguments: [Flow.End.clean, .truncated])
    func endAtOnce(_ end: Flow.End) {
        var flow = Flow()
        #expect(flow.sourceEnded(end) == end)
        #expect(flow.hasEnded)
        #expect(!flow.wantsInput)
        #expect(!flow.wantsOutput)
    }

    @Test("An end is passed on behind the last octet, once", arguments: [Flow.End.clean, .truncated])
    func endBehindOctets(_ end: Flow.End) {
        var flow = Flow()
        flow.stored(10)
        #expect(flow.sourceEnded(end) == nil)
        #expect(!flow.hasEnded)
        #expect(!flow.isOpen)
        #expect(flow.flushed(9) == nil)
        #expect(!flow.wantsInput)
        #expect(flow.flushed(1) == end)
        #expect(flow.hasEnded)
        #expect(flow.flushed(0) == nil)
    }

    @Test(
        "What no source can do stops the process",
        arguments: ["stored after the end", "ended twice", "more flushed than pending"])
    func misuse(_ misuse: String) async {
        switch misuse {
        case "stored after the end":
            await #expect(processExitsWith: .failure) {
                var flow = Flow()
                _ = flow.sourceEnded(.clean)
                flow.stored(1)
            }
        case "ended twice":
            await #expect(processExitsWith: .failure) {
                var flow = Flow()
                _ = flow.sourceEnded(.clean)
                _ = flow.sourceEnded(.clean)
            }
        default:
            await #expect(processExitsWith: .failure) {
                var flow = Flow()
                flow.stored(1)
                _ = flow.flushed(2)
            }
        }
    }
}

import Observability
import Synchronization
import Testing

@testable import DataPlane
@testable import Gateway

@Suite("Events that a full outbox lost are told")
struct EventCollectorTests {
    private final class Received: Sendable {
        let events = Mutex(0)
        let notes = Mutex<[UInt64]>([])
    }

    private static func collect(puts count: Int) -> Received {
        let (received, dropped, collector) = (Received(), Counter(), EventCollector())
        let outbox = EventOutbox(ringBell: { collector.ring() })
        for _ in 0..<count where !outbox.put(.acceptResumed(listener: "pumps")) { dropped.add() }
        collector.collect(from: [outbox], dropped: [dropped])
        collector.start(
            receive: { _ in received.events.withLock { $0 += 1 } },
            noteDropped: { number in received.notes.withLock { $0.append(number) } }
        )
        collector.stop()
        return received
    }

    @Test("Their number is noted once; while none is lost nothing is noted")
    func noted() {
        let all = Self.collect(puts: 3)
        #expect(all.events.withLock { $0 } == 3)
        #expect(all.notes.withLock { $0 }.isEmpty)
        let storm = Self.collect(puts: 20_000)
        let kept = storm.events.withLock { $0 }
        #expect(kept < 20_000)
        #expect(storm.notes.withLock { $0 } == [UInt64(20_000 - kept)])
    }
}

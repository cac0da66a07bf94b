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
        let (received, collector) = (Received(), EventCollector())
        let outbox = EventOutbox(ringBell: { collector.ring() })
        for _ in 0..<count { outbox.put(.acceptResumed(listener: "pumps")) }
        collector.collect(from: [outbox])
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

import Observability
import Synchronization

/// A loop's way up: a bounded ring, and a bell that rings once for as many events as wait.
package final class EventOutbox: Sendable {
    /// A loop writes two or three events a connection; this is a second of a storm.
    private static let capacity = 8192

    private let ring = EventRing<DataPlaneEvent>(capacity: capacity)
    private let isRung = Atomic<Bool>(false)
    private let ringBell: @Sendable () -> Void

    /// - Parameter ringBell: called from the loop; must not block.
    package init(ringBell: @escaping @Sendable () -> Void) { self.ringBell = ringBell }

    /// Events that found the ring full and are lost, ever.
    package var dropped: UInt64 { ring.dropped }

    func put(_ event: DataPlaneEvent) {
        ring.push(event)
        if !isRung.exchange(true, ordering: .acquiringAndReleasing) { ringBell() }
    }

    /// Takes what waits. One taker.
    package func take(_ body: (DataPlaneEvent) -> Void) {
        // Before looking: an event that comes after the look rings again.
        isRung.store(false, ordering: .sequentiallyConsistent)
        ring.drain(body)
    }
}

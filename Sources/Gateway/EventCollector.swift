import DataPlane
import Dispatch
import EventLoop
import Synchronization
import VerificationCore

/// The one reader of the loops' outboxes: a thread of its own, woken by their bell.
final class EventCollector: Sendable {
    /// Events that come within this time are written together: a storm costs one wake-up in so many milliseconds.
    private static let gatherMilliseconds = 5

    private let bell = DispatchSemaphore(value: 0)
    private let isStopping = Atomic<Bool>(false)
    private let outboxes = Mutex<[EventOutbox]>([])
    private let thread = Mutex<LoopThread?>(nil)

    /// - Parameters:
    ///   - receive: called on the collector's thread, in each loop's order.
    ///   - noteDropped: called there when loops have lost more events, with their number.
    func start(
        receive: @escaping @Sendable (DataPlaneEvent) -> Void, noteDropped: @escaping @Sendable (UInt64) -> Void
    ) {
        thread.withLock { thread in
            thread = LoopThread.spawn(name: "events") { [self] in
                var noted: UInt64 = 0
                while !isStopping.load(ordering: .acquiring) {
                    bell.wait()
                    _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(Self.gatherMilliseconds))
                    takeAll(receive, noteDropped, &noted)
                }
                takeAll(receive, noteDropped, &noted)
            }
        }
    }

    func ring() { bell.signal() }

    func collect(from outboxes: [EventOutbox]) { self.outboxes.withLock { $0 = outboxes } }

    /// Returns after the last event is written.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        ring()
        thread.withLock { $0.take() }?.join()
    }

    private func takeAll(_ receive: (DataPlaneEvent) -> Void, _ noteDropped: (UInt64) -> Void, _ noted: inout UInt64) {
        let outboxes = outboxes.withLock { $0 }
        for outbox in outboxes { outbox.take(receive) }
        let lost = outboxes.map(\.dropped).reduce(0, +)
        if lost > noted { noteDropped(lost - noted) }
        noted = lost
    }
}

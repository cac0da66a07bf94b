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
    private let sources = Mutex<[EventOutbox]>([])
    private let thread = Mutex<LoopThread?>(nil)

    /// - Parameter receive: called on the collector's thread, in each loop's order.
    func start(receive: @escaping @Sendable (DataPlaneEvent) -> Void) {
        thread.withLock { thread in
            thread = LoopThread.spawn(name: "events") { [self] in
                while !isStopping.load(ordering: .acquiring) {
                    bell.wait()
                    _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(Self.gatherMilliseconds))
                    takeAll(receive)
                }
                takeAll(receive)
            }
        }
    }

    func ring() { bell.signal() }

    func collect(from outboxes: [EventOutbox]) { sources.withLock { $0 = outboxes } }

    /// Returns after the last event is written.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        ring()
        thread.withLock { $0.take() }?.join()
    }

    private func takeAll(_ receive: (DataPlaneEvent) -> Void) {
        for outbox in sources.withLock({ $0 }) { outbox.take(receive) }
    }
}

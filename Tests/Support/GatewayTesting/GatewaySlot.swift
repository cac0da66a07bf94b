import Synchronization

/// A place for one running gateway of this process. Tests run all at once; gateways of hundreds of tests would only wait for
/// each other's cores, and each loop takes some of the process's thread-local storage keys (1024 in all) for its OpenSSL library.
final class GatewaySlot: Sendable {
    /// More than the tests that run two gateways, so that those cannot wait for each other for ever.
    private static let count = 24

    private struct Waiting {
        var free = GatewaySlot.count
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    private static let waiting = Mutex(Waiting())

    /// Waits for a place; it is given back with the last reference to the slot.
    static func take() async -> GatewaySlot {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting.free > 0 else {
                    waiting.queue.append(continuation)
                    return false
                }
                waiting.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
        return GatewaySlot()
    }

    deinit {
        let next = Self.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting.queue.isEmpty else { return waiting.queue.removeFirst() }
            waiting.free += 1
            return nil
        }
        next?.resume()
    }
}

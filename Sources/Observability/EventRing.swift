import Synchronization

/// A bounded queue from one loop to one reader. A full ring drops the new element and counts it: the data plane never
/// waits for whoever writes the log.
// SAFETY: a slot belongs to the producer until `tail` passes it (release) and to the consumer until `head` passes it
// (release); each side reads the other's position with acquire before it touches a slot, so no slot has two owners.
package final class EventRing<Element: Sendable>: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<Element>
    private let mask: UInt64
    /// Positions never wrap back: 2^64 events are out of reach. Each has a cache line of its own,
    /// or producer and consumer would take it from each other at every event.
    private let head = AtomicWords(count: 1)
    private let tail = AtomicWords(count: 1)
    private let drops = Counter()
    private let isDraining = Atomic<Bool>(false)

    package var capacity: Int { Int(mask) + 1 }

    package init(capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "capacity \(capacity) is not a power of two")
        slots = .allocate(capacity: capacity)
        mask = UInt64(capacity - 1)
    }

    deinit {
        for position in head.load(0)..<tail.load(0) {
            (slots + Int(position & mask)).deinitialize(count: 1)
        }
        slots.deallocate()
    }

    /// Elements that found the ring full, ever.
    package var dropped: UInt64 { drops.value }

    /// On the producer's thread only. False when the ring was full and the element is lost.
    @discardableResult
    package func push(_ element: Element) -> Bool {
        let position = tail.load(0)
        guard position - head.loadAcquiring(0) <= mask else {
            drops.add()
            return false
        }
        (slots + Int(position & mask)).initialize(to: element)
        tail.storeReleasing(position + 1, to: 0)
        return true
    }

    /// Hands over, in order, what was pushed before the call. One consumer at a time; returns how many there were.
    @discardableResult
    package func drain(_ body: (Element) -> Void) -> Int {
        precondition(!isDraining.exchange(true, ordering: .acquiring), "two consumers drain one ring")
        defer { isDraining.store(false, ordering: .releasing) }
        let start = head.load(0)
        let end = tail.loadAcquiring(0)
        for position in start..<end {
            let element = (slots + Int(position & mask)).move()
            head.storeReleasing(position + 1, to: 0)
            body(element)
        }
        return Int(end - start)
    }
}

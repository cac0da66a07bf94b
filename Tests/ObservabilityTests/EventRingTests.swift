import Observability
import Synchronization
import Testing

@Suite("A ring never waits: it delivers in order or drops and says so")
struct EventRingTests {
    @Test("elements come out in order across many turns around the ring")
    func wrapping() {
        let ring = EventRing<Int>(capacity: 8)
        var received: [Int] = []
        for start in stride(from: 0, to: 1000, by: 5) {
            for number in start..<start + 5 { #expect(ring.push(number)) }
            #expect(ring.drain { received.append($0) } == 5)
        }
        #expect(received == Array(0..<1000))
        #expect(ring.dropped == 0)
        #expect(ring.drain { _ in } == 0)
    }

    @Test("a full ring refuses, counts, keeps what it has, and takes again after a drain", arguments: [1, 2, 16])
    func overflow(capacity: Int) {
        let ring = EventRing<Int>(capacity: capacity)
        #expect(ring.capacity == capacity)
        for number in 0..<capacity { #expect(ring.push(number)) }
        #expect(!ring.push(-1))
        #expect(!ring.push(-2))
        #expect(ring.dropped == 2)
        var received: [Int] = []
        ring.drain { received.append($0) }
        #expect(received == Array(0..<capacity))
        #expect(ring.push(7))
        #expect(ring.dropped == 2)
    }

    @Test("between two threads nothing is lost, doubled or out of order")
    func twoThreads() async {
        let ring = EventRing<[Int]>(capacity: 64)
        let total = 50_000
        async let produced: Void = Task.detached {
            for number in 0..<total {
                while !ring.push([number, number &* 31]) { await Task.yield() }
            }
        }.value
        var next = 0
        var mismatches = 0
        while next < total {
            let taken = ring.drain { element in
                if element != [next, next &* 31] { mismatches += 1 }
                next += 1
            }
            if taken == 0 { await Task.yield() }
        }
        await produced
        #expect(next == total)
        #expect(mismatches == 0)
    }

    @Test("elements left in the ring are released with it, drained ones at once")
    func release() {
        final class Element: Sendable {
            let live: LiveCount
            init(_ live: LiveCount) {
                self.live = live
                live.value.add(1, ordering: .relaxed)
            }
            deinit { live.value.subtract(1, ordering: .relaxed) }
        }
        final class LiveCount: Sendable { let value = Atomic<Int>(0) }
        let live = LiveCount()
        do {
            let ring = EventRing<Element>(capacity: 4)
            for _ in 0..<3 { ring.push(Element(live)) }
            ring.drain { _ in }
            #expect(live.value.load(ordering: .relaxed) == 0)
            for _ in 0..<6 { ring.push(Element(live)) }
            #expect(live.value.load(ordering: .relaxed) == 4)
        }
        #expect(live.value.load(ordering: .relaxed) == 0)
    }

    @Test("a capacity that is no power of two ends the process")
    func capacity() async {
        await #expect(processExitsWith: .failure) { _ = EventRing<Int>(capacity: 3) }
        await #expect(processExitsWith: .failure) { _ = EventRing<Int>(capacity: 0) }
    }
}

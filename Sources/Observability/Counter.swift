/// A single count that only grows: written by one loop, read by anyone.
package final class Counter: Sendable {
    private let words = AtomicWords(count: 1)

    package init() {}

    /// On the counter's loop only.
    package func add(_ amount: UInt64 = 1) { words.add(amount, to: 0) }

    package var value: UInt64 { words.load(0) }
}

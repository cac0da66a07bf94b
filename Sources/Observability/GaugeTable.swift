/// Levels that rise and fall, by index: one table per loop, written by that loop alone, read by anyone.
package final class GaugeTable: Sendable {
    private let words: AtomicWords

    package init(count: Int) { words = AtomicWords(count: count) }

    package var count: Int { words.count }

    /// On the table's loop only.
    package func add(_ amount: Int64, at index: Int) { words.add(UInt64(bitPattern: amount), to: index) }

    package subscript(index: Int) -> Int64 { Int64(bitPattern: words.load(index)) }

    /// The level at `index` over the tables of all loops.
    package static func total(_ tables: some Sequence<GaugeTable>, at index: Int) -> Int64 {
        tables.reduce(0) { $0 &+ $1[index] }
    }
}

/// Counts that only grow, by index: one table per loop, written by that loop alone, read by anyone.
///
/// The reader sums the loops' tables. Two counts read one after the other need not be of the same moment.
package final class CounterTable: Sendable {
    private let words: AtomicWords

    package init(count: Int) { words = AtomicWords(count: count) }

    package var count: Int { words.count }

    /// On the table's loop only.
    package func add(_ amount: UInt64 = 1, at index: Int) { words.add(amount, to: index) }

    package subscript(index: Int) -> UInt64 { words.load(index) }

    /// Over all indices.
    package var total: UInt64 { (0..<count).reduce(0) { $0 &+ self[$1] } }

    /// The total at `index` over the tables of all loops.
    package static func total(_ tables: some Sequence<CounterTable>, at index: Int) -> UInt64 {
        tables.reduce(0) { $0 &+ $1[index] }
    }
}

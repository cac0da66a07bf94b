/// How many connections fit the file descriptors that the process may hold.
package struct DescriptorBudget: Sendable {
    private let limit: Int

    /// Descriptors of the process itself: standard streams, loops, listeners, logs, and the files that a reload reads.
    private static let ownDescriptors = 64
    /// One towards the device, one towards the upstream.
    private static let descriptorsPerConnection = 2

    package init(limit: Int) { self.limit = limit }

    package static func needed(connections: Int) -> Int { descriptorsPerConnection * connections + ownDescriptors }

    /// What each listener may really hold: what it asks for where all fits, and its share of what there is otherwise. One at
    /// the least: a gateway without descriptors rests at accept and says so.
    package func connections(_ wanted: [String: Int]) -> [String: Int] {
        let sum = wanted.values.reduce(0, +)
        guard Self.needed(connections: sum) > limit else { return wanted }
        let capacity = max(0, limit - Self.ownDescriptors) / Self.descriptorsPerConnection
        return wanted.mapValues { asked in
            let (high, low) = asked.multipliedFullWidth(by: capacity)
            return max(1, sum.dividingFullWidth((high, low)).quotient)
        }
    }
}

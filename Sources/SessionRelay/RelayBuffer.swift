/// Octets that were read and that the other side has not taken yet. Holds memory only while there are any.
package struct RelayBuffer: Sendable {
    private var octets: [UInt8] = []
    private var start = 0

    package init() {}

    package var count: Int { octets.count - start }
    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) { octets.append(contentsOf: bytes) }

    /// - Parameter body: is given all that waits, and says how much it took.
    package mutating func consume(_ body: (UnsafeRawBufferPointer) -> Int) -> Int {
        let taken = octets.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        precondition(taken >= 0 && taken <= count, "a writer took more than there was")
        start += taken
        if start == octets.count {
            octets = []
            start = 0
        }
        return taken
    }
}

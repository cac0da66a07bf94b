import Dispatch

/// Takes octets as they come and hands them on in blocks, in order, to whoever works on them on another thread.
// SAFETY: the block that is being filled is touched by whoever adds alone, and a full one by the serial queue alone until it is
// signalled free; the semaphore counts those that are.
final class BlockRelay: @unchecked Sendable {
    static let blockOctets = 64 << 10
    /// Blocks there are: one is being filled, the others wait.
    private static let blockCount = 8

    /// All blocks: one allocation, so large that it goes back to the system when it is freed.
    private let blocks = UnsafeMutableRawBufferPointer.allocate(byteCount: blockCount * blockOctets, alignment: 64)
    private var current = 0
    private var fill = 0
    private let queue: DispatchQueue
    private let free = DispatchSemaphore(value: blockCount - 1)
    private let take: @Sendable (UnsafeRawBufferPointer) -> Void

    /// - Parameter take: called with each block on a thread of its own, one at a time.
    init(_ label: String, take: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        queue = DispatchQueue(label: label)
        self.take = take
    }

    /// Blocks that wait hold on to the relay, so none does any more.
    deinit { blocks.deallocate() }

    func add(_ octets: RawSpan) {
        octets.withUnsafeBytes { octets in
            var used = 0
            while used < octets.count {
                let taken = min(octets.count - used, Self.blockOctets - fill)
                let start = current * Self.blockOctets + fill
                UnsafeMutableRawBufferPointer(rebasing: blocks[start..<(start + taken)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: octets[used..<(used + taken)]))
                used += taken
                fill += taken
                if fill == Self.blockOctets { handOver() }
            }
        }
    }

    private func handOver() {
        let start = current * Self.blockOctets
        let full = start..<(start + fill)
        current = (current + 1) % Self.blockCount
        fill = 0
        queue.async { [self] in
            take(UnsafeRawBufferPointer(rebasing: blocks[full]))
            free.signal()
        }
        free.wait()
    }

    /// Everything that was added is worked on when this returns.
    func drain() {
        if fill > 0 { handOver() }
        queue.sync {}
    }
}

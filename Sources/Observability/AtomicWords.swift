import Synchronization

/// A fixed row of 64-bit words that one thread writes and any thread may read while it does.
///
/// Each row starts and ends on a cache line of its own, so that two loops never contend for one.
final class AtomicWords: Sendable {
    let count: Int
    // SAFETY: set once, points to `count` initialised atomics until deinit; all access to them is atomic.
    private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>

    /// x86-64 fetches lines in pairs, so two neighbours share fate.
    private static let lineBytes = 128

    init(count: Int) {
        precondition(count > 0, "a row without words")
        self.count = count
        let size = MemoryLayout<Atomic<UInt64>>.stride * count
        let rounded = (size + Self.lineBytes - 1) / Self.lineBytes * Self.lineBytes
        words = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: Self.lineBytes)
            .bindMemory(to: Atomic<UInt64>.self, capacity: count)
        for index in 0..<count { (words + index).initialize(to: Atomic(0)) }
    }

    deinit {
        words.deinitialize(count: count)
        words.deallocate()
    }

    func load(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "word \(index) of \(count)")
        return words[index].load(ordering: .relaxed)
    }

    /// For the one writer only: a load and a store, which spares the locked instruction of an atomic addition.
    func add(_ amount: UInt64, to index: Int) {
        precondition(index >= 0 && index < count, "word \(index) of \(count)")
        words[index].store(words[index].load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// Everything that the writer did before `storeReleasing` is visible after this.
    func loadAcquiring(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "word \(index) of \(count)")
        return words[index].load(ordering: .acquiring)
    }

    func storeReleasing(_ value: UInt64, to index: Int) {
        precondition(index >= 0 && index < count, "word \(index) of \(count)")
        words[index].store(value, ordering: .releasing)
    }
}

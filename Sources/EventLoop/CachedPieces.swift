import CLinuxShims

/// Freed memory that the C library kept at hand for one thread, taken out so that another can give it back to the system: a piece
/// that is kept holds its page, however few octets it has.
package struct CachedPieces: Sendable {
    /// As many as `run` asks the C library to keep for each thread.
    package static let ofOneSize: Int32 = 127

    private let list: CLinuxShims_pieces

    /// Takes half a millisecond.
    package static func ofThisThread() -> CachedPieces { CachedPieces(list: CLinuxShims_take_cached_pieces(ofOneSize)) }

    /// Once, and with all that the process has freed; waits for a thread, whose end empties its own cache.
    package func giveBack() {
        LoopThread.spawn(name: "give back") { [list] in CLinuxShims_free_pieces(list) }.join()
        SystemCall.giveFreedMemoryBack()
    }
}

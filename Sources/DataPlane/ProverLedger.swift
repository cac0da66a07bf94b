import Synchronization
import VerificationCore

/// The issuers whose certificates arrived with devices and proved lists: what a reload must know to prove their next lists.
///
/// Beside the ring of events, which may lose some: without its prover the next list would wait for a device, and the live
/// sessions that it speaks of would end. A loop takes the lock when it has just proven a list and when it hears of lists, both
/// of which are rare.
package final class ProverLedger: Sendable {
    private struct Entries {
        var inOrder: [ListProver] = []
        var known: Set<ListProver> = []
    }

    private let entries = Mutex(Entries())

    package init() {}

    package var all: Set<ListProver> { entries.withLock { $0.known } }

    /// Those after the first `count`, and these.
    func split(after count: Int) -> (new: [ListProver], others: [ListProver]) {
        entries.withLock { (Array($0.inOrder.dropFirst(count)), Array($0.inOrder.prefix(count))) }
    }

    /// Those that were not there yet, in their order.
    func add(_ provers: [ListProver]) -> [ListProver] {
        entries.withLock { entries in
            let new = provers.filter { entries.known.insert($0).inserted }
            entries.inOrder += new
            return new
        }
    }
}

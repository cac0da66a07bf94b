import Synchronization
import VerificationCore

/// The issuers whose certificates arrived with devices and proved lists: what a reload must know to prove their next lists.
///
/// Beside the ring of events, which may lose some: without its prover the next list would wait for a device, and the live
/// sessions that it speaks of would end. A loop takes the lock only when it has just proven a list, which is rare.
package final class ProverLedger: Sendable {
    private let entries = Mutex<Set<ListProver>>([])

    package init() {}

    package var all: Set<ListProver> { entries.withLock { $0 } }

    /// Those that were not there yet, in their order.
    func add(_ provers: [ListProver]) -> [ListProver] {
        entries.withLock { entries in provers.filter { entries.insert($0).inserted } }
    }
}

import DeviceRegistry
import Logging
import PKITypes
import Synchronization

/// When devices were last seen, since it was last written down: each credential once.
///
/// Filled by whoever reads the loops' events, emptied where the registry is written: no loop waits for a disk.
final class VisitLedger: Sendable {
    /// In one transaction, which others wait for: some tens of milliseconds.
    private static let visitsMax = 4096

    private struct Key: Hashable {
        let identity: DeviceIdentity
        let credential: CredentialID
    }

    private let visits = Mutex<[Key: UnixSeconds]>([:])
    private let registry: Registry
    private let logger: Logger

    init(_ registry: Registry, _ logger: Logger) {
        self.registry = registry
        self.logger = logger
    }

    func note(_ identity: DeviceIdentity, _ credential: CredentialID, at time: UnixSeconds) {
        visits.withLock { $0[Key(identity: identity, credential: credential)] = time }
    }

    /// Of so many visits as one transaction takes.
    ///
    /// - Returns: whether there are more.
    func writeDown() -> Bool {
        let (taken, rest) = visits.withLock { visits in
            let taken = visits.prefix(Self.visitsMax)
            for visit in taken { visits[visit.key] = nil }
            return (
                taken.map { Visit(identity: $0.key.identity, credential: $0.key.credential, time: $0.value) }, visits.count
            )
        }
        guard !taken.isEmpty else { return false }
        do throws(RegistryFailure) { try registry.record(taken) } catch {
            logger.error("when devices were last seen is not written down", metadata: ["cause": "\(error)"])
        }
        return rest > 0
    }
}

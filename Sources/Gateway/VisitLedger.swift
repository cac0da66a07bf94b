import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import Synchronization

/// When devices were seen since it was last written down: each credential once, in a bounded room.
///
/// Filled by whoever reads the loops' events, emptied where the registry is written: no loop waits for a disk. What cannot be
/// written stays for the next time.
final class VisitLedger: Sendable {
    /// In one transaction, which others wait for: some tens of milliseconds.
    static let writtenMax = 4096
    /// Different credentials between two writings that succeed: the devices of a large site, in some 20 MB.
    static let keptMax = 100_000

    private struct Key: Hashable {
        let identity: DeviceIdentity
        let credential: CredentialID
    }

    private struct Contents {
        /// The last one of each credential.
        var visits: [Key: UnixSeconds] = [:]
        var dropped = 0

        mutating func note(_ key: Key, _ time: UnixSeconds) {
            if let known = visits[key] {
                visits[key] = max(known, time)
            } else if visits.count < VisitLedger.keptMax {
                visits[key] = time
            } else {
                dropped += 1
            }
        }
    }

    private let contents = Mutex(Contents())
    private let logger: Logger
    private let write: @Sendable ([Visit]) throws(RegistryFailure) -> Void

    /// - Parameter write: writes visits down, all or none.
    init(_ logger: Logger, write: @escaping @Sendable ([Visit]) throws(RegistryFailure) -> Void) {
        self.logger = logger
        self.write = write
    }

    func note(_ record: DecisionRecord, at now: UnixSeconds) {
        guard let identity = record.identity, let credential = record.credential else { return }
        contents.withLock { $0.note(Key(identity: identity, credential: credential), now) }
    }

    /// One at a time.
    ///
    /// - Returns: whether there are more, which may be written at once.
    func writeDown() -> Bool {
        let (visits, rest) = contents.withLock { contents in
            let taken = contents.visits.prefix(Self.writtenMax)
            for visit in taken { contents.visits[visit.key] = nil }
            return (
                taken.map { Visit(identity: $0.key.identity, credential: $0.key.credential, time: $0.value) },
                contents.visits.count
            )
        }
        guard !visits.isEmpty else { return false }
        do throws(RegistryFailure) { try write(visits) } catch {
            let dropped = contents.withLock { contents in
                for visit in visits { contents.note(Key(identity: visit.identity, credential: visit.credential), visit.time) }
                defer { contents.dropped = 0 }
                return contents.dropped
            }
            logger.error(
                "when devices were last seen is not written down yet", metadata: ["cause": "\(error)", "dropped": "\(dropped)"])
            return false
        }
        return rest > 0
    }
}

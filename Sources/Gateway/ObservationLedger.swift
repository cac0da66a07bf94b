import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import Synchronization

/// What listeners only reported since it was last written down: each device once, in a bounded room.
///
/// Filled by whoever reads the loops' events, emptied where the registry is written: no loop waits for a disk.
final class ObservationLedger: Sendable {
    /// Different devices between two writings, which follow each other within a second.
    private static let devicesMax = 10_000

    private struct Contents {
        var seen: [ObservedRefusal.Key: ObservedRefusal] = [:]
        var dropped: UInt64 = 0
    }

    private let contents = Mutex(Contents())
    private let store: any ObservationStore
    private let logger: Logger

    init(_ store: any ObservationStore, _ logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// Sightings that found no room, ever.
    var dropped: UInt64 { contents.withLock { $0.dropped } }

    func note(_ sighting: DeviceObservation, at now: UnixSeconds) {
        let key = ObservedRefusal.Key(
            listener: sighting.listener, identity: sighting.identity, key: sighting.key, reason: sighting.reason)
        let seen = ObservedRefusal(
            key, sighting.credential, sighting.validity, firstSeen: now, lastSeen: now,
            networks: ObservedNetworks(sighting.source))
        contents.withLock { contents in
            if contents.seen[key] != nil {
                contents.seen[key]?.add(seen)
            } else if contents.seen.count < Self.devicesMax {
                contents.seen[key] = seen
            } else {
                contents.dropped += 1
            }
        }
    }

    /// One at a time.
    func writeDown() {
        let seen = contents.withLock { contents in
            defer { contents.seen.removeAll(keepingCapacity: true) }
            return Array(contents.seen.values)
        }
        if seen.isEmpty { return }
        let lost: Int64
        do throws(StoreFailure) {
            lost = try store.note(seen)
        } catch {
            logger.error("what was only reported is not written down", metadata: ["cause": "\(error)"])
            lost = seen.map(\.count).reduce(0, +)
        }
        if lost > 0 { contents.withLock { $0.dropped += UInt64(lost) } }
    }
}

import Synchronization
import VerificationCore

/// Where one thread leaves a new snapshot and another fetches it, giving back the old one to be freed by the first.
final class SnapshotHandover: Sendable {
    private struct Shelf {
        var next: VerificationSnapshot?
        var retired: [VerificationSnapshot] = []
    }

    private let shelf = Mutex(Shelf())
    private let hasNext = Atomic(false)
    private let ended = Atomic(false)

    var isEnded: Bool { ended.load(ordering: .relaxed) }

    func end() { ended.store(true, ordering: .relaxed) }

    func put(_ snapshot: VerificationSnapshot) {
        shelf.withLock { shelf in
            if let unused = shelf.next { shelf.retired.append(unused) }
            shelf.next = snapshot
        }
        hasNext.store(true, ordering: .releasing)
    }

    /// Frees what was given back, on the caller's thread.
    func freeRetired() {
        var retired: [VerificationSnapshot] = []
        shelf.withLock { shelf in swap(&retired, &shelf.retired) }
    }

    /// Whether `current` was replaced.
    @inline(__always)
    func renew(_ current: inout VerificationSnapshot) -> Bool {
        guard hasNext.load(ordering: .acquiring) else { return false }
        return exchange(&current)
    }

    private func exchange(_ current: inout VerificationSnapshot) -> Bool {
        hasNext.store(false, ordering: .relaxed)
        let next = shelf.withLock { shelf -> VerificationSnapshot? in
            guard let next = shelf.next else { return nil }
            shelf.next = nil
            shelf.retired.append(current)
            return next
        }
        guard let next else { return false }
        current = next
        return true
    }
}

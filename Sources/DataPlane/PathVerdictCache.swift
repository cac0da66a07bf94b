import Observability
import PKITypes
import VerificationCore

/// Paths that were found valid, by what was presented: a device that comes back is not searched a path for again. Confined to
/// one loop, for one trust set; whoever changes the trust set starts a new one.
///
/// Positive only, and static facts only: revocation, identity and policy are decided on every connection, and so is the time.
final class PathVerdictCache {
    /// Paths of one generation, of 1 to 2 KiB each. There are two generations, so a loop holds twice as many for one listener.
    static let generationCapacity = 4096

    let trustSet: Fingerprint
    /// Of paths that were let go for others.
    private let evictions: Counter
    private let generationCapacity: Int
    /// Those that were asked for since the last change of generation; and those before, which go at the next one.
    private var recent: [Fingerprint: VerifiedPath] = [:]
    private var earlier: [Fingerprint: VerifiedPath] = [:]

    init(trustSet: Fingerprint, evictions: Counter, generationCapacity: Int = generationCapacity) {
        self.trustSet = trustSet
        self.evictions = evictions
        self.generationCapacity = generationCapacity
    }

    /// Nil outside of the time in which every certificate of the path is valid: there may be another path.
    func path(for presented: Fingerprint, at now: UnixSeconds) -> VerifiedPath? {
        if let path = recent[presented] { return path.validity.contains(now) ? path : nil }
        guard let path = earlier.removeValue(forKey: presented), path.validity.contains(now) else { return nil }
        remember(path, for: presented)
        return path
    }

    func remember(_ path: VerifiedPath, for presented: Fingerprint) {
        if recent.count >= generationCapacity {
            evictions.add(UInt64(earlier.count))
            earlier = recent
            recent.removeAll(keepingCapacity: true)
        }
        recent[presented] = path
    }
}

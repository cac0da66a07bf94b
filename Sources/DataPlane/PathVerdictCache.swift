import Observability
import PKITypes
import VerificationCore

/// Paths that were found valid, by what was presented: a device that comes back is not searched a path for again. Confined to
/// one loop, for one trust set; whoever changes the trust set starts a new one.
///
/// Positive only, and static facts only: revocation, identity and policy are decided on every connection, and so is the time.
package final class PathVerdictCache {
    /// What is known of a device before its path is searched.
    package enum Answer {
        case judged(Judgement)
        /// Its path is known and does not do: a list waits for its signer, or another path could do better.
        case needsSearch
        case unknown
    }

    /// Paths of one generation, of 1 to 2 KiB each. There are two generations, so a loop holds twice as many for one listener.
    package static let generationCapacity = 4096

    let trustSet: Fingerprint
    /// Of paths that were let go for others.
    private let evictions: Counter
    private let generationCapacity: Int
    /// Those that were asked for since the last change of generation; and those before, which go at the next one.
    private var recent: [Fingerprint: VerifiedPath] = [:]
    private var earlier: [Fingerprint: VerifiedPath] = [:]

    package init(trustSet: Fingerprint, evictions: Counter, generationCapacity: Int = generationCapacity) {
        self.trustSet = trustSet
        self.evictions = evictions
        self.generationCapacity = generationCapacity
    }

    /// The whole decision about a device that comes back, as the handshake asks for it: the digest of what it presented stands
    /// for all that was read of those octets, so nothing is parsed, and nothing is requested of the allocator.
    package func judge(
        _ presented: Fingerprint, _ facts: ConnectionFacts, _ snapshot: VerificationSnapshot, now: UnixSeconds
    ) -> Answer {
        guard let path = path(for: presented, at: now) else { return .unknown }
        return VerificationCore.judge(known: path, facts, snapshot, now: now).map(Answer.judged) ?? .needsSearch
    }

    /// Nil outside of the time in which every certificate of the path is valid: there may be another path.
    func path(for presented: Fingerprint, at now: UnixSeconds) -> VerifiedPath? {
        if let path = recent[presented] { return path.validity.contains(now) ? path : nil }
        guard let path = earlier.removeValue(forKey: presented), path.validity.contains(now) else { return nil }
        remember(path, for: presented)
        return path
    }

    package func remember(_ path: VerifiedPath, for presented: Fingerprint) {
        if recent.count >= generationCapacity {
            evictions.add(UInt64(earlier.count))
            earlier = recent
            recent.removeAll(keepingCapacity: true)
        }
        recent[presented] = path
    }
}

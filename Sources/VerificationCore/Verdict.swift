import PKITypes
import RevocationLists

/// The answer of the policy decision point.
package enum Verdict: Sendable {
    case permit(Permit)
    case refuse(Refusal)
    /// Not decided: an answer has to come from elsewhere first, and then it is to be decided again. Nothing is permitted
    /// meanwhile that was not before.
    case pending(PendingAnswer)
}

/// What a decision waits for.
package enum PendingAnswer: Sendable {
    /// A record of a list, on the disk.
    case record(UnconfirmedRecord)
    /// The registry's word on a credential that it does not know, which it gives once the device has proved to hold the key.
    case registry
}

/// A permission that only a decision can give. It is not yet an ``Admission``: the device has still to prove its key.
package struct Permit: Sendable {
    package let identity: DeviceIdentity
    /// Empty where none matches, which a listener may only report.
    package let policy: String
    /// The generation of the snapshot that was decided from.
    package let generation: UInt64
    package let warnings: Warnings
    /// Why it is no refusal but for the listener's ``Observation``: as enforcement would have said it.
    package let observed: RefusalReason?
    /// The last second in which it holds as far as the certificates go: then it has to be asked for again. When lists change
    /// with time, their snapshot tells.
    package let holdsUntil: UnixSeconds
    /// Of the identity, all loops together; nil: any number.
    package let sessions: SessionLimit?

    /// What is allowed but should not last.
    package struct Warnings: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The certificate is older than the policy likes.
        package static let certificateAging = Self(rawValue: 1)
        /// A list past its nextUpdate was used within its grace.
        package static let staleList = Self(rawValue: 2)
        /// The status of a certificate is unknown and the operator chose to admit.
        package static let unknownStatus = Self(rawValue: 4)
        /// The certificate is issued for longer than the trust anchor likes.
        package static let certificateLongLived = Self(rawValue: 8)
    }

    /// Called by `decide` alone, in this module.
    init(
        identity: DeviceIdentity, policy: String, generation: UInt64, warnings: Warnings, observed: RefusalReason? = nil,
        holdsUntil: UnixSeconds, sessions: SessionLimit? = nil
    ) {
        self.identity = identity
        self.policy = policy
        self.generation = generation
        self.warnings = warnings
        self.observed = observed
        self.holdsUntil = holdsUntil
        self.sessions = sessions
    }
}

/// A refusal with what an operator needs in order to act on it.
package struct Refusal: Sendable {
    package let reason: RefusalReason
    /// Known only when the certificate was read so far.
    package let identity: DeviceIdentity?
    /// Which certificate of the path: 0 is the leaf.
    package let depth: Int
    /// The list that decided, when one did, or that could not.
    package let list: IndexedList?
    package let revocation: RevokedEntry?
    /// Why the status of the certificate is unknown, when that is the reason.
    package let unknown: RevocationStatus.Cause?
    package let policy: String?

    package init(
        _ reason: RefusalReason,
        identity: DeviceIdentity? = nil,
        depth: Int = 0,
        list: IndexedList? = nil,
        revocation: RevokedEntry? = nil,
        unknown: RevocationStatus.Cause? = nil,
        policy: String? = nil
    ) {
        self.reason = reason
        self.identity = identity
        self.depth = depth
        self.list = list
        self.revocation = revocation
        self.unknown = unknown
        self.policy = policy
    }
}

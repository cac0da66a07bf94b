import EventLoop
import PKITypes
import VerificationCore

/// A session that a device has, or wants to have, under a policy that limits their number.
package struct SessionClaim: Sendable {
    package let decision: DecisionID
    package let identity: DeviceIdentity
    package let listener: String
    package let source: SocketAddress
    package let serial: SerialNumber?
    /// By the wall clock.
    package let since: UnixSeconds
    /// By the monotonic clock, in nanoseconds: nobody who was heard later, elsewhere, is this device before its reboot.
    package let connectedAt: UInt64

    package init(
        decision: DecisionID, identity: DeviceIdentity, listener: String, source: SocketAddress, serial: SerialNumber?,
        since: UnixSeconds, connectedAt: UInt64
    ) {
        self.decision = decision
        self.identity = identity
        self.listener = listener
        self.source = source
        self.serial = serial
        self.since = since
        self.connectedAt = connectedAt
    }
}

/// What a loop tells of the sessions whose number is limited.
package enum SessionNotice: Sendable {
    /// What the answer is for. Strict first.
    package enum Use: Sendable {
        case enforced
        /// The listener only reports one session too many.
        case reported
    }

    /// Nobody is admitted before the answer.
    case wanted(SessionClaim, SessionLimit, Use)
    /// It ended, or is wanted no more.
    case over(DecisionID, DeviceIdentity)
    case probed(DecisionID, SignOfLife)
}

package enum SignOfLife: Sendable { case dead, alive }

/// What the loops are to do about it.
package enum SessionOrder: Equatable, Sendable {
    case answer(DecisionID, SessionAnswer)
    /// ``SessionNotice/probed(_:_:)`` follows, or the session's end.
    ///
    /// - Parameter heardSince: by the monotonic clock, in nanoseconds; what was heard later is a sign of life.
    case probe(DecisionID, heardSince: UInt64)
    case end(DecisionID, SessionEnd)
}

package enum SessionAnswer: Equatable, Sendable {
    case refused(RefusalReason)
    case granted
    /// It is one too many, which the listener only reports.
    case grantedAlthough(RefusalReason)
}

/// Where a connection stands with its claim.
enum ClaimStanding { case none, asked, granted }

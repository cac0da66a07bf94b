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

    package init(
        decision: DecisionID, identity: DeviceIdentity, listener: String, source: SocketAddress, serial: SerialNumber?,
        since: UnixSeconds
    ) {
        self.decision = decision
        self.identity = identity
        self.listener = listener
        self.source = source
        self.serial = serial
        self.since = since
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
    case probe(DecisionID)
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

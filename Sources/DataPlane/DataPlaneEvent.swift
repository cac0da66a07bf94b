import EventLoop
import PKITypes
import PathValidation
import VerificationCore

/// What a loop reports upwards: values, without text made for people.
package enum DataPlaneEvent: Sendable {
    case admitted(DecisionRecord, policy: String, warnings: Permit.Warnings)
    case refused(DecisionRecord, RefusalReason)
    /// Connected and gone before the first octet: a load balancer's probe, as a rule.
    case probed(DecisionRecord)
    /// A path that is valid to us and not to the second judge; the device's refusal is an event of its own.
    case verdictsDisagree(DecisionRecord, PathDisagreement)
    /// A device that is admitted, or stays, because its listener only reports; an event of its own tells what became of it.
    case observed(DeviceObservation)
    /// A live session that would be, did its listener not only report.
    case wouldCut(DecisionRecord, RefusalReason)
    /// A live session that a new snapshot refuses.
    case cut(DecisionRecord, RefusalReason)
    case sessionEnded(SessionRecord)
    case upstreamFailed(DecisionRecord, RefusalReason, upstream: String)
    /// Certificates whose keys proved parked lists.
    case listsProven([ListProver])
    case snapshotApplied(generation: UInt64, loop: Int, examined: Int, cut: Int, nanoseconds: UInt64)
    case acceptPaused(listener: String, errno: Int32)
    case acceptResumed(listener: String)
}

/// Who a listener did not refuse although enforcement would have; the device has proved to hold the key.
package struct DeviceObservation: Sendable {
    package let listener: String
    package let identity: DeviceIdentity
    package let credential: CredentialID
    package let key: KeyFingerprint
    /// Of the certificate.
    package let validity: Validity
    /// Nil for a device on a unix socket.
    package let source: IPAddress?
    /// As enforcement would have said it.
    package let reason: RefusalReason
}

/// The unique number of a decision; log lines carry it as `decision=ID`.
package struct DecisionID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt64

    /// - Parameters:
    ///   - run: distinguishes this run of the process from others.
    ///   - sequence: counts the loop's connections.
    init(run: UInt32, loop: Int, sequence: UInt32) {
        rawValue = UInt64(run & 0xff_ffff) << 40 | UInt64(UInt8(truncatingIfNeeded: loop)) << 32 | UInt64(sequence)
    }

    /// As a log line has it; nil when it is none.
    package init?(text: String) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else { return nil }
        rawValue = value
    }

    /// Which loop decides; there are at most 256.
    package var loop: Int { Int(rawValue >> 32 & 0xff) }

    package var description: String {
        Hexadecimal.lowerCase((0..<8).reversed().map { UInt8(truncatingIfNeeded: rawValue >> (UInt64($0) * 8)) })
    }
}

/// Who asked, with what: one decision as it goes into the log.
package struct DecisionRecord: Sendable {
    package let id: DecisionID
    package let listener: String
    package let source: SocketAddress
    package var tlsVersion: TLSVersion?
    /// What the device signed with, once it has.
    package var signature: String?
    /// The device went on from an earlier session and showed no certificate.
    package var isResumed = false
    package var identity: DeviceIdentity?
    package var leaf: LeafRecord?
    /// The leaf, as the registry names it.
    package var credential: CredentialID?
    package var diagnosis: String?
    /// Why enforcement would refuse, where the listener only reports.
    package var observed: RefusalReason?
    /// The list that decided.
    package var listSource: String?
    package var revocationReason: RevocationReason?
    /// The policy whose requirement was not met.
    package var refusingPolicy: String?
    package var depth: Int?
    /// The code of the alert as it went out.
    package var alertSent: UInt8?

    init(id: DecisionID, listener: String, source: SocketAddress) {
        self.id = id
        self.listener = listener
        self.source = source
    }
}

/// What names a certificate to people.
package struct LeafRecord: Sendable {
    package let serial: SerialNumber
    package let issuer: DistinguishedName
    package let subject: DistinguishedName?
    /// What a certificate that names no device of ours says of itself: not proven, and yet what a person looks for.
    package var claimedName: String?
}

package struct SessionRecord: Sendable {
    package let decision: DecisionID
    package let listener: String
    package let source: SocketAddress
    package let identity: DeviceIdentity
    package let leaf: LeafRecord?
    /// Nil when it ended before an upstream was connected.
    package let upstream: SocketAddress?
    package let end: SessionEnd
    package let octetsFromDevice: UInt64
    package let octetsToDevice: UInt64
    package let nanoseconds: UInt64
}

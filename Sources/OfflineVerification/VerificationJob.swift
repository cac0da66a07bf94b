import PKITypes
import PathValidation
import SignatureChecking
import VerificationCore

/// One question to `verify`: may this leaf be believed, by these anchors and lists, at this moment?
package struct VerificationJob: Sendable {
    package typealias Purpose = PathPolicy.Purpose
    package typealias Profile = IssuerProfile

    /// What is done about certificates of which no list speaks.
    package enum RevocationCheck: Hashable, Sendable {
        /// Every certificate below the anchor needs a status.
        case required
        /// As `required` when the job brings lists, else none.
        case ifListsAreGiven
    }

    /// PEM texts, or single DER objects; each text may hold several.
    package var trustAnchors: [[UInt8]]
    package var intermediates: [[UInt8]] = []
    package var lists: [[UInt8]] = []
    /// The first certificate is judged; those after it are what a device would send beside it.
    package var leaf: [UInt8]
    /// Nil for now.
    package var moment: UnixSeconds?
    package var peerIdentities: [PeerIdentity] = []
    /// Issuers are held to the standard: whoever asks wants to know of every rule that is broken.
    package var pathPolicy = PathPolicy(
        maximumDepth: Self.depthWhenUnstated, authorityAsClient: .allowed, issuerProfile: .strict
    )
    var listProfile: ListProfile {
        switch pathPolicy.issuerProfile {
        case .strict: .strict
        case .tolerant: .tolerant
        }
    }
    package var revocationCheck = RevocationCheck.ifListsAreGiven

    package init(trustAnchors: [[UInt8]], leaf: [UInt8]) {
        self.trustAnchors = trustAnchors
        self.leaf = leaf
    }

    /// More intermediates than any hierarchy has; an end to the work on a job that names no limit. OpenSSL's own default.
    package static let depthWhenUnstated = 100

    var statusNeeded: Bool { revocationCheck == .required || !lists.isEmpty }
}

import PKITypes
import SignatureChecking

/// Who decides about a peer's certificates in mid-handshake.
package protocol PeerJudge: AnyObject {
    func judge(_ presented: PresentedCertificates) -> PeerVerdict
}

package enum PeerVerdict: Hashable, Sendable {
    /// The certificates will do; the peer has yet to prove its key.
    case accept
    case refuse(TLSAlert)
}

import COpenSSL
import PKITypes
import SignatureChecking
import TLSStream
import VerificationCore

/// The handshake of one device, stepped by readiness of its socket.
package struct TLSServerConnection {
    package enum Step: ~Copyable {
        /// The device has proved that it holds its key.
        case finished(FinishedHandshake)
        case wantsRead
        case wantsWrite
        case failed(HandshakeFailure)
    }

    package let stream: TLSStream
    /// The choice of the application protocol reaches into it in mid-handshake; libssl keeps its own part only.
    private let context: TLSServerContext

    /// - Parameters:
    ///   - judge: kept weakly; it must outlive the handshake.
    ///   - sessions: kept weakly; nil where nothing is resumed.
    package init?(
        _ context: TLSServerContext, descriptor: Int32, judge: any PeerJudge, sessions: (any SessionKeeper)? = nil
    ) {
        guard let stream = TLSStream(context: context.context, descriptor: descriptor) else { return nil }
        stream.acceptHandshakes()
        stream.peerJudge = judge
        stream.sessionKeeper = sessions
        self.stream = stream
        self.context = context
    }

    package func step() -> Step {
        switch stream.handshake() {
        case .done: .finished(FinishedHandshake.assertion())
        case .wantsRead: .wantsRead
        case .wantsWrite: .wantsWrite
        case .failed(let failure): .failed(HandshakeFailure(failure, peerIsSilent: !stream.hasReceivedOctets))
        }
    }
}

/// A handshake that ended before a judge refused anything, or after it did.
package struct HandshakeFailure: Error, Hashable, Sendable {
    package let reason: RefusalReason
    package let diagnosis: String
    /// Whether the peer left before its first octet, as the probes of load balancers do.
    package let peerIsSilent: Bool

    init(_ failure: TLSFailure, peerIsSilent: Bool) {
        self.peerIsSilent = peerIsSilent
        diagnosis = peerIsSilent ? "closed before it said anything" : failure.description
        reason =
            switch failure {
            case .protocolError(let code, _) where code == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noCertificate
            case .protocolError, .truncated, .transport: .handshakeFailed
            }
    }
}

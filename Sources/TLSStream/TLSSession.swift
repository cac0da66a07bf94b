import COpenSSL

/// A session that a client may offer again.
// SAFETY: an SSL_SESSION that is not changed any more; its reference count is atomic.
package final class TLSSession: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer

    /// - Parameter pointer: a reference that is given away.
    fileprivate init(taking pointer: OpaquePointer) { self.pointer = pointer }

    deinit { SSL_SESSION_free(pointer) }

    /// How long the server said that it takes it back, in seconds.
    package var lifetimeHint: UInt { SSL_SESSION_get_ticket_lifetime_hint(pointer) }
}

extension TLSStream {
    /// Whether the handshake goes on from an earlier session. Known once the server has answered the first flight.
    package var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// The session of now, if it can be resumed. In TLS 1.3 it arrives after the handshake: read first.
    package var session: TLSSession? {
        guard let session = SSL_get1_session(ssl) else { return nil }
        let kept = TLSSession(taking: session)
        return SSL_SESSION_is_resumable(session) == 1 ? kept : nil
    }

    /// On clients, before the handshake: offers to go on from an earlier session.
    package func offer(_ session: TLSSession) -> Bool { SSL_set_session(ssl, session.pointer) == 1 }

    func forgetSession() {
        guard let sessionKeeper, let session = SSL_get_session(ssl), let id = SessionID(of: session) else { return }
        sessionKeeper.forget(id)
    }
}

extension SessionID {
    /// Nil for a session that has no name yet.
    package init?(of session: OpaquePointer) {
        var count: UInt32 = 0
        guard let octets = SSL_SESSION_get_id(session, &count) else { return nil }
        self.init(octets: UnsafeBufferPointer(start: octets, count: Int(count)))
    }
}

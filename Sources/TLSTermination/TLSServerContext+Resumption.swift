import COpenSSL
import COpenSSLShims
import SignatureChecking
import TLSStream

/// Whether devices may go on from an earlier session.
package enum Resumption: Hashable, Sendable {
    case never
    case allowed(SessionBinding)
}

extension TLSServerContext {
    /// Stateful: what a device holds is a random name, and everything else is with us, so there are no ticket keys to lose and
    /// nothing outlives the process. 0-RTT stays off.
    func configure(_ resumption: Resumption) {
        switch resumption {
        case .never:
            COpenSSLShims_context_session_cache_off(context)
            SSL_CTX_set_num_tickets(context, 0)
        case .allowed(let binding):
            COpenSSLShims_context_session_cache_external(context)
            // A device of TLS 1.3 uses each session once, so it gets a new one with every handshake, resumed ones too.
            SSL_CTX_set_num_tickets(context, 1)
            SSL_CTX_set_timeout(context, Int(SessionLifetime.maximumAgeSeconds))
            let octets = binding.digest.octets
            let isSet = SSL_CTX_set_session_id_context(context, octets, UInt32(octets.count)) == 1
            precondition(isSet, "a digest is as long as a session id context may be")
            SSL_CTX_sess_set_get_cb(context, findSession)
            SSL_CTX_sess_set_new_cb(context, keepSession)
            SSL_CTX_set_session_ticket_cb(context, limitSession, nil, nil)
        }
    }
}

/// libssl's question for the session that a device offers: one reference, which libssl takes over, or nil.
private let findSession:
    @convention(c) (OpaquePointer?, UnsafePointer<UInt8>?, Int32, UnsafeMutablePointer<Int32>?) -> OpaquePointer? = {
        ssl, id, count, takesCopy in
        takesCopy?.pointee = 0
        guard let ssl, let id, let keeper = TLSStream.owner(of: ssl)?.sessionKeeper,
            let id = SessionID(octets: UnsafeBufferPointer(start: id, count: Int(count))),
            let octets = keeper.session(offeredAs: id)
        else { return nil }
        return octets.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            return d2i_SSL_SESSION(nil, &position, buffer.count)
        }
    }

/// A handshake is through: its session in octets goes to the keeper, libssl's own object stays libssl's.
private let keepSession: @convention(c) (OpaquePointer?, OpaquePointer?) -> Int32 = { ssl, session in
    guard let ssl, let session, let keeper = TLSStream.owner(of: ssl)?.sessionKeeper, let id = SessionID(of: session) else {
        return 0
    }
    var encoded: UnsafeMutablePointer<UInt8>?
    let count = Int(i2d_SSL_SESSION(session, &encoded))
    guard let encoded, count > 0 else { return 0 }
    // It holds the session's secret.
    defer { CRYPTO_clear_free(encoded, count, nil, 0) }
    if let octets = SessionEncoding.withoutPeer(Array(UnsafeBufferPointer(start: encoded, count: count))) {
        keeper.keep(octets, as: id)
    }
    return 0
}

/// A ticket is about to be written. OpenSSL starts the clock of each anew; what the device is told, and what OpenSSL itself
/// will hold it to, is what is left since the device proved its key.
private let limitSession: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { ssl, _ in
    guard let ssl, let session = SSL_get_session(ssl), let keeper = TLSStream.owner(of: ssl)?.sessionKeeper else { return 1 }
    SSL_SESSION_set_timeout(session, Int(keeper.lifetimeOfNewSession()))
    return 1
}

import COpenSSL

/// Sessions that devices may come back with, by the position of their credentials; the latest goes first, and each once.
final class SessionPool {
    private var sessions: [[OpaquePointer]]

    init(credentials: Int) { sessions = Array(repeating: [], count: credentials) }

    deinit { sessions.joined().forEach { SSL_SESSION_free($0) } }

    /// Offers one to the server, if there is one.
    func offer(on ssl: OpaquePointer, credential: Int) {
        guard let session = sessions[credential].popLast() else { return }
        SSL_set_session(ssl, session)
        SSL_SESSION_free(session)
    }

    /// Takes over what the server gave, if it may be resumed.
    func keep(of ssl: OpaquePointer, credential: Int) {
        guard let session = SSL_get1_session(ssl) else { return }
        guard SSL_SESSION_is_resumable(session) == 1 else { return SSL_SESSION_free(session) }
        sessions[credential].append(session)
    }
}

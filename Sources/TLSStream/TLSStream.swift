import COpenSSL
import COpenSSLShims
import Glibc
import PKITypes
import SignatureChecking

/// One TLS connection over a non-blocking (or, for clients that like it so, blocking) socket: the only place that asks
/// OpenSSL what happened.
///
/// Every call clears the error queue, acts, and takes the error, in that order; `errno` is read before anything else runs.
package final class TLSStream {
    package enum HandshakeStep: Equatable {
        case done
        case wantsRead
        case wantsWrite
        case failed(TLSFailure)
    }

    package enum ReadStep: Equatable {
        case bytes(Int)
        case wantsRead
        case wantsWrite
        /// The peer said that it will send no more.
        case closeNotify
        /// The transport ended without close_notify: what came may be cut short (RFC 8446 §6.1).
        case truncated
        case failed(TLSFailure)
    }

    package enum WriteStep: Equatable {
        case bytes(Int)
        case wantsRead
        case wantsWrite
        case failed(TLSFailure)
    }

    /// Three full records come with one read, headers and tags included. No more, for freeing 64 KiB makes the C library tidy up
    /// its heap.
    package static let readBufferOctets = 50 << 10
    /// RFC 8446 §5.1, RFC 5246 §6.2.1.
    private static let recordOctets = 1 << 14

    let ssl: OpaquePointer
    private var announcesMore = false
    /// Asked about the peer's certificates, on servers.
    package weak var peerJudge: (any PeerJudge)?
    /// Asked for sessions and given them, on servers that resume.
    package weak var sessionKeeper: (any SessionKeeper)?
    /// Codes of the last alerts that went out and came in, as seen on the wire.
    package private(set) var alertSent: UInt8?
    package private(set) var alertReceived: UInt8?
    /// On clients: the name or address that the server must prove.
    var expectedName: String?

    /// - Parameter context: an `SSL_CTX`; the stream keeps a reference of its own.
    package init?(context: OpaquePointer, descriptor: Int32) {
        OpenSSLErrorQueue.clear()
        guard let ssl = SSL_new(context) else { return nil }
        guard COpenSSLShims_set_socket(ssl, descriptor) == 1 else {
            SSL_free(ssl)
            return nil
        }
        self.ssl = ssl
        COpenSSLShims_set_owner(ssl, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_info_callback(ssl, recordAlert)
    }

    deinit {
        // Without it a connection that just broke off takes its session along, which TLS has not asked for since 1.1
        // (RFC 5246 §7.2.1), and a broken line is what devices come back from. A fatal alert has had its effect before.
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_SENT_SHUTDOWN)
        SSL_free(ssl)
    }

    /// The stream that an `SSL` belongs to, in a callback of OpenSSL.
    package static func owner(of ssl: OpaquePointer) -> TLSStream? {
        COpenSSLShims_owner(ssl).map { Unmanaged<TLSStream>.fromOpaque($0).takeUnretainedValue() }
    }

    package func acceptHandshakes() { SSL_set_accept_state(ssl) }
    package func startHandshakes() { SSL_set_connect_state(ssl) }

    package func handshake() -> HandshakeStep {
        OpenSSLErrorQueue.clear()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        let systemError = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case let code: return .failed(failure(code, systemError))
        }
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> ReadStep {
        OpenSSLErrorQueue.clear()
        var count = 0
        let result = SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
        if result == 1 { return .bytes(count) }
        let systemError = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .closeNotify
        case let code:
            let failure = failure(code, systemError)
            return failure == .truncated ? .truncated : .failed(failure)
        }
    }

    /// One record's worth of it at the most; where more is left, the kernel waits with sending for what follows.
    package func write(_ bytes: UnsafeRawBufferPointer) -> WriteStep {
        announce(moreFollows: bytes.count > Self.recordOctets)
        OpenSSLErrorQueue.clear()
        var count = 0
        let result = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        if result == 1 { return .bytes(count) }
        let systemError = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case let code: return .failed(failure(code, systemError))
        }
    }

    private func announce(moreFollows: Bool) {
        guard moreFollows != announcesMore else { return }
        announcesMore = moreFollows
        COpenSSLShims_set_more_follows(ssl, moreFollows ? 1 : 0)
    }

    /// Sends close_notify. It may have to be called again when the socket takes no more.
    package func sendCloseNotify() -> WriteStep {
        announce(moreFollows: false)
        OpenSSLErrorQueue.clear()
        let result = SSL_shutdown(ssl)
        if result >= 0 { return .bytes(0) }
        let systemError = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        // The peer's own close_notify has not come: not our concern, half-close is allowed.
        case SSL_ERROR_WANT_READ: return .bytes(0)
        case let code: return .failed(failure(code, systemError))
        }
    }

    /// On servers, once the handshake is through: frees what the peer sent beside its own certificate.
    package func forgetPeerChain() { COpenSSLShims_drop_peer_chain(ssl) }

    /// Whether bytes that the socket will not report again are held inside.
    package var hasBufferedBytes: Bool { SSL_has_pending(ssl) == 1 }

    /// Whether the transport has delivered anything yet.
    package var hasReceivedOctets: Bool { BIO_number_read(SSL_get_rbio(ssl)) > 0 }

    /// Whether the transport has ended. OpenSSL 3 says decode_error to nobody then, which is no failure of the connection's keys.
    fileprivate var isAtEnd: Bool { BIO_ctrl(SSL_get_rbio(ssl), BIO_CTRL_EOF, 0, nil) == 1 }

    package var version: TLSVersion { SSL_version(ssl) == TLS1_3_VERSION ? .tls13 : .tls12 }

    package var cipherSuite: String { COpenSSLShims_cipher_name(ssl).map { String(cString: $0) } ?? "none" }

    package var applicationProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &name, &count)
        guard let name, count > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// The peer's signature algorithm, for example `ecdsa_secp256r1_sha256`'s digest and key type, for the log.
    package var peerSignature: String? {
        var type: Int32 = 0
        var digest: Int32 = 0
        guard SSL_get_peer_signature_type_nid(ssl, &type) == 1 else { return nil }
        let key = OBJ_nid2sn(type).map { String(cString: $0) } ?? "?"
        guard COpenSSLShims_peer_signature_digest(ssl, &digest) == 1, digest != NID_undef else { return key }
        return key + "+" + (OBJ_nid2sn(digest).map { String(cString: $0) } ?? "?")
    }

    fileprivate func sawAlert(_ code: UInt8, sent: Bool) {
        if sent { alertSent = code } else { alertReceived = code }
    }

    /// On clients: why the server's certificate is not believed. On servers a judge says that in words of its own.
    private var distrust: String? {
        let result = SSL_get_verify_result(ssl)
        guard let expectedName, result != Int(X509_V_OK) else { return nil }
        let text = String(cString: X509_verify_cert_error_string(result))
        let isName = result == Int(X509_V_ERR_HOSTNAME_MISMATCH) || result == Int(X509_V_ERR_IP_ADDRESS_MISMATCH)
        return isName ? "\(text), expected \(expectedName)" : text
    }

    private func failure(_ code: Int32, _ systemError: Int32) -> TLSFailure {
        if code == SSL_ERROR_SYSCALL {
            OpenSSLErrorQueue.clear()
            return systemError == 0 ? .truncated : .transport(errno: systemError)
        }
        guard let entry = OpenSSLErrorQueue.take() else { return .protocolError(reason: 0, text: "no cause given") }
        if entry.library == ERR_LIB_SSL, entry.reason == SSL_R_UNEXPECTED_EOF_WHILE_READING { return .truncated }
        guard entry.library == ERR_LIB_SSL, entry.reason == SSL_R_CERTIFICATE_VERIFY_FAILED, let cause = distrust else {
            return .protocolError(reason: entry.reason, text: entry.text)
        }
        return .protocolError(reason: entry.reason, text: "\(entry.text): \(cause)")
    }
}

/// Formed at file level: a C function that OpenSSL calls on whichever loop drives the connection.
private let recordAlert: @convention(c) (OpaquePointer?, Int32, Int32) -> Void = { ssl, place, value in
    guard let ssl, place & SSL_CB_ALERT != 0, let stream = TLSStream.owner(of: ssl) else { return }
    stream.sawAlert(UInt8(truncatingIfNeeded: value), sent: place & SSL_CB_WRITE != 0)
    if value >> 8 == SSL3_AL_FATAL, !stream.isAtEnd { stream.forgetSession() }
}

/// Why a TLS connection cannot go on.
package enum TLSFailure: Error, Hashable, Sendable {
    /// The transport ended in mid-connection.
    case truncated
    /// The socket failed; `ECONNRESET` and `EPIPE` mean that the peer reset it.
    case transport(errno: Int32)
    /// The peer, or we, broke or ended the protocol; `reason` is OpenSSL's code.
    case protocolError(reason: Int32, text: String)
}

extension TLSFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated: "connection ended without close_notify"
        case .transport(let code): String(cString: strerror(code))
        case .protocolError(_, let text): text
        }
    }
}

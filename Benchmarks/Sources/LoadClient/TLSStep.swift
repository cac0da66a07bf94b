import CLoadShims
import COpenSSL
import Glibc

/// What one call into OpenSSL led to.
enum TLSStep {
    case moved(Int)
    case wantsRead
    case wantsWrite
    case failed(LoadFailure.Cause)

    /// Clears the error queue, calls, and asks for the error, in that order: the queue is per thread, not per connection.
    static func perform(_ ssl: OpaquePointer, _ call: () -> CInt) -> TLSStep {
        ERR_clear_error()
        errno = 0
        let result = call()
        let code = errno
        if result > 0 { return .moved(Int(result)) }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .failed(.closedEarly)
        case SSL_ERROR_SYSCALL: return .failed(cause(ofSystemError: code))
        default: return .failed(cause(ofTLSError: ERR_peek_error()))
        }
    }

    static func cause(ofSystemError code: CInt) -> LoadFailure.Cause {
        switch code {
        case 0: .closedWithoutAlert
        case ECONNRESET, EPIPE: .reset
        default: .system(code)
        }
    }

    private static func cause(ofTLSError error: UInt) -> LoadFailure.Cause {
        let alert = CLoadShims_alert_code(error)
        if alert >= 0 { return .alert(alert) }
        if CLoadShims_is_unexpected_eof(error) == 1 { return .closedWithoutAlert }
        if CLoadShims_is_unverified(error) == 1 { return .serverUntrusted }
        return .tls(ERR_reason_error_string(error).map { String(cString: $0) } ?? "unknown TLS error")
    }
}

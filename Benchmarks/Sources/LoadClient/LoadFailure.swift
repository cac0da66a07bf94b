import CLoadShims
import COpenSSL
import Glibc

/// Why one connection failed: where it was, and what happened there.
package struct LoadFailure: Error, Hashable, Sendable {
    package let phase: Phase
    package let cause: Cause

    package init(phase: Phase, cause: Cause) {
        self.phase = phase
        self.cause = cause
    }

    package enum Phase: String, Sendable {
        case connect, handshake, exchange
    }

    package enum Cause: Hashable, Sendable {
        /// The peer sent a fatal alert of this code (RFC 8446 §6).
        case alert(CInt)
        case closedWithoutAlert
        /// The peer's close_notify came before its last byte.
        case closedEarly
        case reset
        case timeout
        case serverUntrusted
        case wrongEcho
        case system(CInt)
        case tls(String)
    }
}

extension LoadFailure: CustomStringConvertible {
    /// The kind under which it is counted, such as `handshake: alert 44 certificate revoked`.
    package var description: String { "\(phase.rawValue): \(cause)" }
}

extension LoadFailure.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .alert(let code): "alert \(code) \(String(cString: SSL_alert_desc_string_long(code)))"
        case .closedWithoutAlert: "closed without an alert"
        case .closedEarly: "close_notify before the end"
        case .reset: "connection reset"
        case .timeout: "timeout"
        case .serverUntrusted: "server certificate not trusted"
        case .wrongEcho: "the echo differs from what was sent"
        case .system(let code): String(cString: strerror(code))
        case .tls(let reason): reason
        }
    }
}

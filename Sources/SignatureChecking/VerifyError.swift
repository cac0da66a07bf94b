import COpenSSL
import PKITypes

/// OpenSSL's verdicts on a path (`X509_V_ERR_*`), as text for people and as carriers of the alert that libssl sends.
package enum VerifyError {
    /// OpenSSL's words with the exact code and depth.
    static func text(code: Int32, depth: Int32) -> String {
        "\(String(cString: X509_verify_cert_error_string(Int(code)))) (OpenSSL error \(code) at depth \(depth))"
    }

    /// The code that makes libssl send this alert; `TLSTerminationTests` reads each from the wire. The codes are carriers only:
    /// libssl maps verify errors to alerts and offers no other way to choose one (access_denied cannot be reached at all).
    package static func carrier(of alert: TLSAlert) -> Int32 {
        switch alert {
        case .certificateRevoked: X509_V_ERR_CERT_REVOKED
        case .certificateExpired: X509_V_ERR_CERT_HAS_EXPIRED
        case .unknownCA: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        case .unsupportedCertificate: X509_V_ERR_INVALID_PURPOSE
        case .badCertificate: X509_V_ERR_CERT_REJECTED
        case .handshakeFailure: X509_V_ERR_APPLICATION_VERIFICATION
        case .internalError: X509_V_ERR_UNSPECIFIED
        // Codes that the table does not list become certificate_unknown.
        case .certificateUnknown, .closeNotify, .protocolVersion, .certificateRequired, .noApplicationProtocol:
            X509_V_ERR_UNNESTED_RESOURCE
        }
    }
}

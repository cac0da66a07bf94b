import COpenSSL
import PKITypes
import PathValidation

/// OpenSSL's verdicts on a path (`X509_V_ERR_*`), in our words; and the way back, for the alert that libssl sends.
package enum VerifyError {
    /// Exact code and depth are kept in the diagnosis.
    static func failure(code: Int32, depth: Int32) -> PathFailure {
        let text = String(cString: X509_verify_cert_error_string(Int(code)))
        return PathFailure(reason: reason(code: code), diagnosis: "\(text) (OpenSSL error \(code) at depth \(depth))")
    }

    static func reason(code: Int32) -> RefusalReason {
        switch code {
        case X509_V_ERR_CERT_HAS_EXPIRED: .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
            .unknownCA
        case X509_V_ERR_INVALID_PURPOSE: .wrongPurpose
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .weakAlgorithm
        case X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION, X509_V_ERR_SUBTREE_MINMAX,
            X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
            X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_NO_EXPLICIT_POLICY:
            .constraintViolated
        case X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD,
            X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE,
            X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
            .malformedCertificate
        case X509_V_ERR_OUT_OF_MEM, X509_V_ERR_UNSPECIFIED, X509_V_ERR_INVALID_CALL, X509_V_ERR_STORE_LOOKUP: .internalError
        default: .pathInvalid
        }
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

/// The TLS alerts that this gateway sends (RFC 8446 §6); the raw value is the code on the wire.
package enum TLSAlert: UInt8, CaseIterable, Sendable {
    case closeNotify = 0
    case handshakeFailure = 40
    case badCertificate = 42
    case unsupportedCertificate = 43
    case certificateRevoked = 44
    case certificateExpired = 45
    case certificateUnknown = 46
    case unknownCA = 48
    case protocolVersion = 70
    case internalError = 80
    case certificateRequired = 116
    case noApplicationProtocol = 120
}

extension TLSAlert {
    /// As the standard writes it.
    package var name: String {
        switch self {
        case .closeNotify: "close_notify"
        case .handshakeFailure: "handshake_failure"
        case .badCertificate: "bad_certificate"
        case .unsupportedCertificate: "unsupported_certificate"
        case .certificateRevoked: "certificate_revoked"
        case .certificateExpired: "certificate_expired"
        case .certificateUnknown: "certificate_unknown"
        case .unknownCA: "unknown_ca"
        case .protocolVersion: "protocol_version"
        case .internalError: "internal_error"
        case .certificateRequired: "certificate_required"
        case .noApplicationProtocol: "no_application_protocol"
        }
    }
}

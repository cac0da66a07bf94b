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

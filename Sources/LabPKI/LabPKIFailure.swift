/// Why the laboratory certificate authority could not do as asked.
package enum LabPKIFailure: Error, Equatable, Sendable {
    /// `reasons` is what OpenSSL left in its error queue, oldest first.
    case openSSL(operation: String, reasons: [String])
    case malformedIPAddress(String)
    case unsupportedKey(algorithm: String, bits: Int)
    case unreadable(path: String, errno: Int32)
    case unwritable(path: String, errno: Int32)
    case alreadyExists(path: String)
    case malformedIndex(path: String, line: Int)
    case malformedListNumber(path: String)
    case unknownSerial(String)
    case alreadyRevoked(serial: String)
}

extension LabPKIFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .openSSL(let operation, let reasons):
            "OpenSSL could not \(operation): \(reasons.isEmpty ? "no reason given" : reasons.joined(separator: "; "))"
        case .malformedIPAddress(let text): "'\(text)' is not an IPv4 or IPv6 address"
        case .unsupportedKey(let algorithm, let bits): "keys of kind \(algorithm) with \(bits) bits are not supported here"
        case .unreadable(let path, let code): "\(path): cannot be read: \(SystemError.text(code))"
        case .unwritable(let path, let code): "\(path): cannot be written: \(SystemError.text(code))"
        case .alreadyExists(let path): "\(path) exists already"
        case .malformedIndex(let path, let line): "\(path):\(line): not a line of the index of issued certificates"
        case .malformedListNumber(let path): "\(path): does not hold a number"
        case .unknownSerial(let serial): "no certificate with serial \(serial) was issued here"
        case .alreadyRevoked(let serial): "\(serial) is revoked already"
        }
    }
}

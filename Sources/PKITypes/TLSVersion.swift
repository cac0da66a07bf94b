/// The TLS versions that this gateway speaks, oldest first; the raw value is the name in configuration and logs.
package enum TLSVersion: String, CaseIterable, Comparable, Sendable {
    case tls12 = "TLSv1.2"
    case tls13 = "TLSv1.3"

    package static func < (left: Self, right: Self) -> Bool { left == .tls12 && right == .tls13 }
}

import PKITypes

/// Why a handshake would fail before anybody judges the certificate.
package enum HandshakeObstacle: Hashable, Sendable {
    case versionNotSpoken(TLSVersion, spoken: [TLSVersion])
    case chainTooLong(octets: Int, limit: Int)

    init?(_ request: ExplanationRequest) {
        let listener = request.listener
        let octets = Self.messageOctets(request.chain, request.tlsVersion)
        if !listener.tlsVersions.contains(request.tlsVersion) {
            self = .versionNotSpoken(request.tlsVersion, spoken: listener.tlsVersions)
        } else if octets > listener.maximumChainOctets {
            self = .chainTooLong(octets: octets, limit: listener.maximumChainOctets)
        } else {
            return nil
        }
    }

    /// The Certificate message without its header, which is what OpenSSL measures: RFC 5246 §7.4.2, RFC 8446 §4.4.2.
    private static func messageOctets(_ chain: [[UInt8]], _ version: TLSVersion) -> Int {
        switch version {
        case .tls12: chain.reduce(3) { $0 + 3 + $1.count }
        case .tls13: chain.reduce(1 + 3) { $0 + 3 + $1.count + 2 }
        }
    }

    package var description: String {
        switch self {
        case .versionNotSpoken(let version, let spoken):
            "the listener does not speak \(version.rawValue), only \(spoken.map(\.rawValue).joined(separator: " and "))"
        case .chainTooLong(let octets, let limit): "the chain takes \(octets) octets, and chain_bytes allows \(limit)"
        }
    }

    /// libssl's own alert for it: illegal_parameter is none that a decision sends.
    var alert: AlertFact {
        switch self {
        case .versionNotSpoken: AlertFact(.protocolVersion)
        case .chainTooLong: AlertFact(code: 47, name: "illegal_parameter")
        }
    }

    var advice: String {
        switch self {
        case .versionNotSpoken: "let the device speak a newer TLS, or choose another tls_profile for the listener"
        case .chainTooLong: "let the device send no more than it needs, or raise limits.chain_bytes of the listener"
        }
    }
}

/// A TLS alert as the device reads it.
package struct AlertFact: Hashable, Sendable {
    package let code: UInt8
    package let name: String

    init(code: UInt8, name: String) {
        self.code = code
        self.name = name
    }

    init(_ alert: TLSAlert) { self.init(code: alert.rawValue, name: alert.name) }

    package var text: String { "\(code) \(name)" }
}

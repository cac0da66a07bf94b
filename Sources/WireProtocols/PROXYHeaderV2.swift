import PKITypes

/// What a PROXY protocol v2 header tells an upstream about the device behind a connection (HAProxy's specification,
/// revision of 2026-04-27).
package struct PROXYHeaderV2: Equatable, Sendable {
    package var route: Route
    /// The protocol that ALPN chose, raw.
    package var applicationProtocol: [UInt8]?
    /// The server name that the device asked for.
    package var authority: String?
    /// Finds this connection in both sides' logs.
    package var uniqueID: [UInt8]?
    package var tls: TLSFacts?
    /// Who the device is. The one mechanism that says it for certificates without a common name (802.1AR) too.
    package var identity: String?

    package init(route: Route) { self.route = route }

    /// Both ends of the connection as the gateway saw it.
    package enum Route: Equatable, Sendable {
        /// A connection of the gateway's own, such as a health check: there is no device.
        case local
        /// Somebody's connection, over something this protocol has no addresses for.
        case unspecified
        case tcp(source: Endpoint, destination: Endpoint)
        /// Paths of sockets; a client's is usually empty.
        case unixStream(source: [UInt8], destination: [UInt8])
    }

    package struct Endpoint: Hashable, Sendable {
        package let address: IPAddress
        package let port: UInt16

        package init(address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    package struct TLSFacts: Equatable, Sendable {
        package var proof: CertificateProof
        package var version: TLSVersion
        /// As the certificate has it; control characters are dropped (it is shown to people, and decides nothing).
        package var commonName: String?
        package var cipher: String

        package init(proof: CertificateProof, version: TLSVersion, commonName: String?, cipher: String) {
            self.proof = proof
            self.version = version
            self.commonName = commonName
            self.cipher = cipher
        }
    }

    /// When the device proved its certificate. There is no case for "not at all": the gateway admits nobody then.
    package enum CertificateProof: Equatable, Sendable {
        /// In a full handshake on this connection.
        case thisConnection
        /// In the handshake that this connection resumes.
        case resumedSession

        /// PP2_CLIENT_SSL | PP2_CLIENT_CERT_CONN | PP2_CLIENT_CERT_SESS.
        var clientBits: UInt8 {
            switch self {
            case .thisConnection: 0x07
            case .resumedSession: 0x05
            }
        }
    }
}

/// Why a header cannot be sent.
package enum PROXYHeaderFailure: Error, Equatable, Sendable {
    case valueTooLong(PROXYHeaderField, bytes: Int, limit: Int)
    case emptyValue(PROXYHeaderField)
    /// A control character in a value that has to be exact: dropping it would make another value of it.
    case controlCharacter(PROXYHeaderField)
    case pathTooLong(bytes: Int, limit: Int)
    case headerTooLong(bytes: Int, limit: Int)
}

/// The extension fields (TLVs) that this gateway sends, by their type in the specification.
package enum PROXYHeaderField: UInt8, CaseIterable, Sendable {
    case applicationProtocol = 0x01
    case authority = 0x02
    case checksum = 0x03
    case uniqueID = 0x05
    case tls = 0x20
    case tlsVersion = 0x21
    case tlsCommonName = 0x22
    case tlsCipher = 0x23
    /// 0xE0–0xEF are free for applications; ours carries the identity.
    case identity = 0xe0

    package static let typeAndLengthBytes = 3
    package static let checksumBytes = 4

    /// The longest value, in bytes.
    package var limit: Int {
        switch self {
        // RFC 7301 §3.1: a name has one byte of length.
        case .applicationProtocol: 255
        // RFC 1035 §2.3.4.
        case .authority: 255
        case .checksum: Self.checksumBytes
        // The specification's own bound.
        case .uniqueID: 128
        // Nothing is near it; the header's limit is what binds.
        case .tls: PROXYHeaderV2.lengthLimit
        case .tlsVersion: 16
        // ub-common-name is 64 characters (RFC 5280 Appendix A), four bytes each at most.
        case .tlsCommonName: 256
        case .tlsCipher: 64
        // Leaves room for both addresses and the TLS facts in one segment.
        case .identity: 320
        }
    }
}

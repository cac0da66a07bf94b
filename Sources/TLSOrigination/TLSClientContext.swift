import COpenSSL
import COpenSSLShims
import Glibc
import PKITypes
import SignatureChecking
import TLSStream

/// The client side of TLS: whom it trusts, under which name, and what it shows of itself. Towards upstreams, and for the
/// simulated devices of the demonstration and the tests.
// SAFETY: the SSL_CTX is complete when `init` returns; only libssl's own, locked reference counts change after.
package final class TLSClientContext: @unchecked Sendable {
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case parameters(String)
        case trust(String)
        case certificate(CertifiedKey.Failure)

        package var description: String {
            switch self {
            case .parameters(let cause): "OpenSSL refuses the TLS parameters: \(cause)"
            case .trust(let cause): "holds no usable trust anchor: \(cause)"
            case .certificate(let failure): failure.description
            }
        }
    }

    /// Which servers are believed.
    package struct Settings: Hashable, Sendable {
        /// PEM of the trust anchors.
        package var trustAnchors: [UInt8]
        /// The name or IP address that must stand in the server's SAN (RFC 9525); the common name is never consulted.
        package var serverName: String
        package var certificate: CertifiedKey?
        package var versions: ClosedRange<TLSVersion>
        package var applicationProtocols: [String]

        package init(
            trustAnchors: [UInt8],
            serverName: String,
            certificate: CertifiedKey? = nil,
            versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
            applicationProtocols: [String] = []
        ) {
            self.trustAnchors = trustAnchors
            self.serverName = serverName
            self.certificate = certificate
            self.versions = versions
            self.applicationProtocols = applicationProtocols
        }

        /// For comparison only: a copy without the private key.
        package var withoutKey: Settings {
            var settings = self
            settings.certificate = certificate?.withDigestForKey
            return settings
        }
    }

    private let context: OpaquePointer
    private let library: CryptoLibrary
    private let serverName: String

    package init(_ settings: Settings, library: CryptoLibrary) throws(Failure) {
        OpenSSLErrorQueue.clear()
        guard let context = SSL_CTX_new_ex(library.context, nil, TLS_client_method()) else {
            throw .parameters(OpenSSLErrorQueue.takeText())
        }
        self.context = context
        self.library = library
        serverName = settings.serverName
        guard configure(settings) else { throw .parameters(OpenSSLErrorQueue.takeText()) }
        guard trust(settings.trustAnchors) else { throw .trust(OpenSSLErrorQueue.takeText()) }
        if let certificate = settings.certificate {
            do { try certificate.install(in: context, library: library) } catch { throw .certificate(error) }
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A stream that will take the first step of a handshake; nil when OpenSSL has no memory for it or refuses the name.
    ///
    /// - Parameter session: offered to the server, which may go on from it.
    package func connect(descriptor: Int32, resuming session: TLSSession? = nil) -> TLSStream? {
        guard let stream = TLSStream(context: context, descriptor: descriptor) else { return nil }
        stream.startHandshakes()
        guard stream.expect(serverName: serverName), session.map(stream.offer) ?? true else { return nil }
        return stream
    }

    private func configure(_ settings: Settings) -> Bool {
        SSL_CTX_set_security_level(context, OpenSSLPathEngine.securityLevel)
        SSL_CTX_set_options(context, COpenSSLShims_OP_NO_RENEGOTIATION | COpenSSLShims_OP_NO_COMPRESSION)
        COpenSSLShims_context_set_read_ahead(context, 1)
        COpenSSLShims_context_set_read_buffer(context, TLSStream.readBufferOctets)
        COpenSSLShims_context_set_mode(
            context,
            Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        )
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        // RFC 7301 §3.1: names with a length octet each. Here 0 is success.
        let protocols = settings.applicationProtocols.flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) }
        return COpenSSLShims_context_set_minimum_version(context, Self.number(settings.versions.lowerBound)) == 1
            && COpenSSLShims_context_set_maximum_version(context, Self.number(settings.versions.upperBound)) == 1
            && (protocols.isEmpty || SSL_CTX_set_alpn_protos(context, protocols, UInt32(protocols.count)) == 0)
    }

    private func trust(_ pem: [UInt8]) -> Bool {
        guard let source = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { return false }
        defer { BIO_free(source) }
        let store = SSL_CTX_get_cert_store(context)
        var count = 0
        while let certificate = PEM_read_bio_X509(source, nil, nil, nil) {
            X509_STORE_add_cert(store, certificate)
            X509_free(certificate)
            count += 1
        }
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        guard count > 0, OpenSSLErrorQueue.peek()?.isEndOfPEM ?? true else { return false }
        OpenSSLErrorQueue.clear()
        return true
    }

    private static func number(_ version: TLSVersion) -> Int32 { version == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION }
}

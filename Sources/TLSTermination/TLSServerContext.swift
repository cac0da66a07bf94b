import COpenSSL
import COpenSSLShims
import PKITypes
import SignatureChecking
import TLSStream

/// The server side of TLS for one listener on one loop: what it shows, what it accepts, and who judges its devices.
///
/// Built on the control plane, where a failure harms nobody, and then used by one loop.
// SAFETY: the SSL_CTX is complete when `init` returns; only libssl's own, locked reference counts change after.
package final class TLSServerContext: @unchecked Sendable {
    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case parameters(String)
        case certificate(position: Int, CertifiedKey.Failure)

        package var description: String {
            switch self {
            case .parameters(let cause): "OpenSSL refuses the TLS parameters: \(cause)"
            case .certificate(_, let failure): failure.description
            }
        }
    }

    /// What a listener's TLS is made of.
    package struct Settings: Hashable, Sendable {
        package let profile: TLSProfile
        package private(set) var certificates: [CertifiedKey]
        /// Empty: no protocol is negotiated, whatever the device offers.
        package let applicationProtocols: [String]
        /// Bytes of the presented chain.
        package let maximumChainBytes: Int
        package let resumption: Resumption

        package init(
            profile: TLSProfile, certificates: [CertifiedKey], applicationProtocols: [String], maximumChainBytes: Int,
            resumption: Resumption = .never
        ) {
            self.profile = profile
            self.certificates = certificates
            self.applicationProtocols = applicationProtocols
            self.maximumChainBytes = maximumChainBytes
            self.resumption = resumption
        }

        /// For comparison only: a copy without private keys.
        package var withoutKeys: Settings {
            var settings = self
            settings.certificates = certificates.map(\.withDigestForKey)
            return settings
        }
    }

    /// Largest number of CA names sent in CertificateRequest: some TLS stacks of devices choke on long lists.
    private static let maximumAdvertisedNames = 32

    let context: OpaquePointer
    package let engine: OpenSSLPathEngine
    package let resumption: Resumption
    let applicationProtocols: [[UInt8]]
    private let library: CryptoLibrary

    package init(_ settings: Settings, engine: OpenSSLPathEngine, library: CryptoLibrary) throws(Failure) {
        OpenSSLErrorQueue.clear()
        guard let context = SSL_CTX_new_ex(library.context, nil, TLS_server_method()) else {
            throw .parameters(OpenSSLErrorQueue.takeText())
        }
        self.context = context
        self.engine = engine
        self.library = library
        resumption = settings.resumption
        applicationProtocols = settings.applicationProtocols.map { Array($0.utf8) }
        guard settings.profile.apply(to: context) else { throw .parameters(OpenSSLErrorQueue.takeText()) }
        for (position, certificate) in settings.certificates.enumerated() {
            do { try certificate.install(in: context, library: library) } catch { throw .certificate(position: position, error) }
        }
        configure(settings)
    }

    deinit { SSL_CTX_free(context) }

    private func configure(_ settings: Settings) {
        // Fewer reads: a record's header and body come in one. Fewer bytes: an idle connection keeps no buffers.
        COpenSSLShims_context_set_read_ahead(context, 1)
        COpenSSLShims_context_set_read_buffer(context, TLSStream.readBufferOctets)
        COpenSSLShims_context_set_mode(
            context,
            Int(SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER)
        )
        COpenSSLShims_context_set_early_data_off(context)
        configure(settings.resumption)
        COpenSSLShims_context_set_maximum_chain_bytes(context, settings.maximumChainBytes)
        advertiseAnchors()
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_cert_verify_callback(context, judgePeer, nil)
        if !applicationProtocols.isEmpty {
            SSL_CTX_set_alpn_select_cb(context, selectApplicationProtocol, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// certificate_authorities (RFC 8446 §4.2.4), so that a device with several certificates picks the right one.
    private func advertiseAnchors() {
        let names = COpenSSLShims_names_new()
        for anchor in engine.anchorCertificates.prefix(Self.maximumAdvertisedNames) {
            if let name = X509_NAME_dup(X509_get_subject_name(anchor.pointer)) { COpenSSLShims_names_push(names, name) }
        }
        SSL_CTX_set_client_CA_list(context, names)
    }
}

/// libssl's question "is this chain good?", answered by the connection it belongs to. It runs before the peer proves its key.
private let judgePeer: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { storeContext, _ in
    guard let storeContext, let ssl = COpenSSLShims_store_context_ssl(storeContext),
        let connection = TLSStream.owner(of: ssl)?.peerJudge, let presented = PresentedCertificates(storeContext: storeContext)
    else { return 0 }
    switch connection.judge(presented) {
    case .accept:
        X509_STORE_CTX_set_error(storeContext, X509_V_OK)
        return 1
    case .refuse(let alert):
        X509_STORE_CTX_set_error(storeContext, VerifyError.carrier(of: alert))
        return 0
    }
}

/// The device's first protocol that the listener has (RFC 7301 §3.2); without one in common, no_application_protocol.
private let selectApplicationProtocol:
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?, UInt32,
        UnsafeMutableRawPointer?
    ) -> Int32 = { _, chosen, chosenCount, offered, offeredCount, argument in
        guard let chosen, let chosenCount, let offered, let argument else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let context = Unmanaged<TLSServerContext>.fromOpaque(argument).takeUnretainedValue()
        var position = 0
        while position < Int(offeredCount) {
            let count = Int(offered[position])
            guard position + 1 + count <= Int(offeredCount) else { break }
            let name = UnsafeBufferPointer(start: offered + position + 1, count: count)
            if context.applicationProtocols.contains(where: { $0.elementsEqual(name) }) {
                chosen.pointee = offered + position + 1
                chosenCount.pointee = UInt8(count)
                return SSL_TLSEXT_ERR_OK
            }
            position += 1 + count
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

import LabPKI
import PKITypes
import PathValidation
import SignatureChecking
import TLSOrigination
import TLSStream
import TLSTermination

/// One root, a server and a device below it, and the TLS contexts of both sides.
package struct TLSLaboratory: Sendable {
    package let root: LabCertificateAuthority
    package let server: LabCertificate
    package let device: LabCertificate

    /// Shared: a library context takes some of the process's 1024 thread-local storage keys, and tests run all at once.
    private static let library = CryptoLibrary()

    package init() throws {
        root = try LabCertificateAuthority()
        server = try root.issueServer()
        device = try root.issueDevice("urn:hospital:device:pump:1")
    }

    package func serverContext(
        _ certificates: [CertifiedKey]? = nil,
        profile: TLSProfile = .bcp195,
        applicationProtocols: [String] = [],
        maximumChainBytes: Int = 32 << 10,
        resumption: Resumption = .never
    ) throws -> TLSServerContext {
        let library = Self.library
        let engine = OpenSSLPathEngine(
            trust: [.init(entry: "device-ca", certificates: [root.certificate.der])],
            intermediates: [],
            policy: PathPolicy(maximumDepth: 5),
            library: library
        )
        guard let engine else { preconditionFailure("the laboratory's root is a certificate") }
        return try TLSServerContext(
            .init(
                profile: profile,
                certificates: try certificates ?? [CertifiedKey(server)],
                applicationProtocols: applicationProtocols,
                maximumChainBytes: maximumChainBytes,
                resumption: resumption
            ),
            engine: engine,
            library: library
        )
    }

    package enum Shown: Sendable { case device, certificate(LabCertificate), nothing }

    package func clientContext(
        _ shown: Shown = .device,
        serverName: String = "localhost",
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        applicationProtocols: [String] = [],
        trusting anchors: String? = nil
    ) throws -> TLSClientContext {
        let certificate: LabCertificate? =
            switch shown {
            case .device: device
            case .certificate(let other): other
            case .nothing: nil
            }
        return try TLSClientContext(
            .init(
                trustAnchors: Array((try anchors ?? root.certificate.pem()).utf8),
                serverName: serverName,
                certificate: try certificate.map { try CertifiedKey($0) },
                versions: versions,
                applicationProtocols: applicationProtocols
            ),
            library: Self.library
        )
    }

    /// A client and a server that have shaken hands.
    package func connectedPair(_ versions: ClosedRange<TLSVersion> = .tls12 ... .tls13) throws -> TLSPair {
        let pair = TLSPair(
            server: try serverContext(), client: try clientContext(versions: versions), judge: FixedJudge(.accept)
        )
        let outcome = pair.shakeHands()
        precondition(outcome == (.done, .done), "no handshake: \(outcome)")
        return pair
    }
}

extension CertifiedKey {
    package init(_ certificate: LabCertificate) throws(LabPKIFailure) {
        self.init(chain: Array(try certificate.chainPEM().utf8), key: Array(try certificate.key.pem().utf8))
    }
}

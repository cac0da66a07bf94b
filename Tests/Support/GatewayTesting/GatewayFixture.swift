import Configuration
import EventLoop
import Gateway
import LabPKI
import PKITypes
import SignatureChecking
import TLSOrigination
import TLSStream

/// A whole gateway in this process, on real sockets, with a laboratory PKI and a configuration of the test's making. It starts
/// exactly as `pulsegate run` does.
package final class GatewayFixture: Sendable {
    package let directory: TemporaryDirectory
    package let pki: DevicePKI
    package let gateway: Gateway
    package let log = CapturedLog()

    /// - Parameters:
    ///   - upstream: where the sessions go.
    ///   - configuration: given the default text, returns the text to run with.
    package init(
        upstream: SocketAddress,
        pki makePKI: () throws -> DevicePKI = { try DevicePKI() },
        configuration edit: (String) -> String = { $0 }
    ) async throws {
        directory = TemporaryDirectory()
        pki = try makePKI()
        try pki.write(to: directory)
        let text = edit(Self.configuration(upstream: upstream))
        _ = directory.write(text, to: "gateway.yaml")
        gateway = try await Gateway.start(configurationFile: directory.file("gateway.yaml"), logger: log.logger)
    }

    /// Replaces the configuration's text; it takes effect at the next reload.
    package func rewriteConfiguration(_ text: String) { _ = directory.write(text, to: "gateway.yaml") }

    package func address(of listener: String = "devices") -> SocketAddress { gateway.addresses(of: listener)[0] }

    /// A device that shows this certificate (or none) and trusts the laboratory's root.
    package func client(
        _ certificate: LabCertificate?,
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        applicationProtocols: [String] = [],
        timeoutSeconds: Double = 10
    ) throws -> TLSClient {
        let context = try TLSClientContext(
            .init(
                trustAnchors: Array(pki.root.certificate.pem().utf8),
                serverName: "localhost",
                certificate: try certificate.map { CertifiedKey(chain: Array(try $0.chainPEM().utf8), key: Array(try $0.key.pem().utf8)) },
                versions: versions,
                applicationProtocols: applicationProtocols
            ),
            library: CryptoLibrary()
        )
        return try TLSClient(context, to: address(), timeoutSeconds: timeoutSeconds)
    }

    /// Publishes lists that name these certificates, with the next number, and reloads.
    package func revoke(_ entries: [LabRevokedEntry], number: UInt64 = 2) throws {
        try pki.issuing.revocationList(revoking: entries, number: number).write(to: directory.file("issuing.crl"))
        _ = try gateway.reload().get()
    }

    package static func configuration(upstream: SocketAddress) -> String {
        """
        state_directory: state
        workers: 2
        trust_anchors:
          device-ca:
            certificates: [root.pem]
            intermediates: [issuing.pem]
            vouches_for: ["urn:hospital:device:**"]
            revocation:
              crls: [{ file: root.crl }, { file: issuing.crl }]
        listeners:
          devices:
            bind: ["127.0.0.1:0"]
            protocol: tcp
            server_certificates: [{ chain: server.pem, key: server.key }]
            trust: [device-ca]
            upstream: backend
        upstreams:
          backend:
            addresses: ["\(upstream)"]
        policies:
          - { name: devices, when: { identity: "urn:hospital:device:**" }, devices: any }
        metrics: { bind: "127.0.0.1:0" }
        shutdown: { drain: 5s }

        """
    }
}

/// A root, an issuing CA, a server certificate and fresh lists.
package struct DevicePKI: Sendable {
    package let root: LabCertificateAuthority
    package let issuing: LabCertificateAuthority
    package let server: LabCertificate

    package init() throws {
        root = try LabCertificateAuthority(root: "Test Device Root")
        issuing = try root.issueIntermediate("Test Device Issuing")
        server = try issuing.issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"])
    }

    package func write(to directory: TemporaryDirectory) throws {
        try root.certificate.write(to: directory.file("root.pem"), .alone)
        try issuing.certificate.write(to: directory.file("issuing.pem"), .alone)
        try server.write(to: directory.file("server.pem"))
        try server.key.write(to: directory.file("server.key"))
        try root.revocationList().write(to: directory.file("root.crl"))
        try issuing.revocationList().write(to: directory.file("issuing.crl"))
    }
}

import EventLoop
import LabPKI
import PKITypes
import SignatureChecking
import TLSOrigination
import TLSStream

/// A root, an issuing CA, a server certificate and fresh lists.
package struct DevicePKI: Sendable {
    package let root: LabCertificateAuthority
    package let issuing: LabCertificateAuthority
    package let server: LabCertificate

    /// One for all simulated devices: a library context is never freed.
    private static let deviceLibrary = CryptoLibrary()

    package init() throws {
        root = try LabCertificateAuthority(root: "Test Device Root")
        issuing = try root.issueIntermediate("Test Device Issuing")
        server = try issuing.issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"])
    }

    package func write(to directory: TemporaryDirectory) throws {
        try writeAuthorities(to: directory)
        try server.write(to: directory.file("server.pem"))
        try server.key.write(to: directory.file("server.key"))
    }

    /// What a gateway trusts, with its lists; in another one's directory, in the place of that one's.
    package func writeAuthorities(to directory: TemporaryDirectory) throws {
        try root.certificate.write(to: directory.file("root.pem"), .alone)
        try issuing.certificate.write(to: directory.file("issuing.pem"), .alone)
        try root.revocationList().write(to: directory.file("root.crl"))
        try issuing.revocationList().write(to: directory.file("issuing.crl"))
    }

    /// A good certificate of a pump with this number.
    package func pump(_ number: Int = 1) throws -> LabCertificate {
        try issuing.issueDevice("urn:hospital:device:pump:\(number)")
    }

    /// A device that shows this certificate (or none) and trusts this root.
    package func client(
        _ certificate: LabCertificate?,
        to address: SocketAddress,
        from source: SocketAddress? = nil,
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        applicationProtocols: [String] = [],
        resuming session: TLSSession? = nil,
        timeoutSeconds: Double = 10
    ) throws -> TLSClient {
        let context = try TLSClientContext(
            .init(
                trustAnchors: Array(root.certificate.pem().utf8),
                serverName: "localhost",
                certificate: try certificate.map { try $0.certifiedKey() },
                versions: versions,
                applicationProtocols: applicationProtocols
            ),
            library: Self.deviceLibrary
        )
        return try TLSClient(context, to: address, from: source, resuming: session, timeoutSeconds: timeoutSeconds)
    }
}

extension LabCertificate {
    /// With the intermediates that came with it.
    package func certifiedKey() throws -> CertifiedKey {
        CertifiedKey(chain: Array(try chainPEM().utf8), key: Array(try key.pem().utf8))
    }
}

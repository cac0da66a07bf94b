import DataPlane
import EventLoop
import Gateway
import LabPKI
import PKITypes
import TLSOrigination
import TLSTermination

/// A whole gateway in this process, on real sockets, with a laboratory PKI and a configuration of the test's making. It starts
/// exactly as `pulsegate run` does.
package final class GatewayFixture: Sendable {
    package let site: GatewaySite
    package let gateway: Gateway
    package let log = CapturedLog()
    private let slot: GatewaySlot

    package var directory: TemporaryDirectory { site.directory }
    package var pki: DevicePKI { site.pki }

    /// - Parameters:
    ///   - upstream: where the sessions go.
    ///   - configuration: given the default text, returns the text to run with.
    ///   - files: writes more files, or others, before the gateway starts.
    package convenience init(
        upstream: SocketAddress,
        configuration edit: (String) -> String = { $0 },
        files: (TemporaryDirectory, DevicePKI) throws -> Void = { _, _ in }
    ) async throws {
        try await self.init(GatewaySite(upstream: upstream, configuration: edit, files: files))
    }

    /// With a PKI of the test's making.
    package convenience init(
        upstream: SocketAddress,
        pki: () throws -> DevicePKI,
        configuration edit: (String) -> String = { $0 },
        files: (TemporaryDirectory, DevicePKI) throws -> Void = { _, _ in }
    ) async throws {
        try await self.init(GatewaySite(upstream: upstream, pki: pki(), configuration: edit, files: files))
    }

    package init(
        _ site: GatewaySite, resolver: NameResolver = .system, sessions: SharedSessionStore = SharedSessionStore(),
        clock: ClockSource = .system
    ) async throws {
        self.site = site
        slot = await GatewaySlot.take()
        gateway = try await Gateway.start(
            configurationFile: site.configurationFile, logger: log.logger, resolver: resolver, sessions: sessions, clock: clock
        )
    }

    /// Replaces the configuration's text; it takes effect at the next reload.
    package func rewriteConfiguration(_ text: String) { site.rewriteConfiguration(text) }

    package func address(of listener: String = "devices") -> SocketAddress { gateway.addresses(of: listener)[0] }

    /// A device that shows this certificate (or none) and trusts the laboratory's root.
    package func client(
        _ certificate: LabCertificate?,
        from source: SocketAddress? = nil,
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13,
        applicationProtocols: [String] = [],
        timeoutSeconds: Double = 10
    ) throws -> TLSClient {
        try pki.client(
            certificate, to: address(), from: source, versions: versions, applicationProtocols: applicationProtocols,
            timeoutSeconds: timeoutSeconds
        )
    }

    /// Publishes lists that name these certificates, with the next number, and reloads.
    package func revoke(_ entries: [LabRevokedEntry], number: UInt64 = 2) throws {
        try pki.issuing.revocationList(revoking: entries, number: number).write(to: directory.file("issuing.crl"))
        _ = try gateway.reload().get()
    }

    /// The default text, for a test that changes it later.
    package static func configuration(upstream: SocketAddress) -> String { GatewaySite.configuration(upstream: upstream) }
}

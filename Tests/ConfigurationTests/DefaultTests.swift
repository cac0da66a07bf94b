import Configuration
import PKITypes
import Testing
import VerificationCore

/// What a configuration means that leaves everything out that it may.
struct DefaultTests {
    private func minimal() throws -> GatewayConfiguration {
        let result = ConfigurationTexts.read(ConfigurationTexts.minimal)
        #expect(result.lines == [])
        return try #require(result.configuration)
    }

    @Test("the gateway's own defaults are the contract's")
    func gateway() throws {
        let configuration = try minimal()
        #expect(configuration.stateDirectory == "/var/lib/pulsegate")
        #expect(configuration.workers == nil)
        #expect(configuration.metricsBind == nil)
        #expect(configuration.adminSocket == "/var/lib/pulsegate/admin.sock")
        #expect(configuration.registry.hooks == [])
        #expect(configuration.log.format == .json)
        #expect(configuration.log.level == .info)
        #expect(configuration.shutdownDrainSeconds == 30)
        #expect(configuration.clockSkewSeconds == 300)
    }

    @Test("a trust anchor refuses what is unknown or stale unless told otherwise")
    func trustAnchor() throws {
        let anchor = try #require(try minimal().trustAnchors.first)
        #expect(anchor.name == "device-ca")
        #expect(anchor.certificateFiles == ["/etc/pulsegate/pki/root.pem"])
        #expect(anchor.intermediateFiles == [])
        #expect(anchor.identity == .sanURI)
        #expect(anchor.vouchesFor == ["urn:hospital:**"])
        #expect(anchor.warnCertificateLifetimeSeconds == nil && anchor.maximumCertificateLifetimeSeconds == 825 * 86_400)
        #expect(anchor.crlFiles == ["/etc/pulsegate/pki/root.crl"])
        #expect(anchor.unknownStatus == .refuse)
        let stale = StaleListPolicy(admit: .none, liveSessions: .keep, graceSeconds: 86_400, warnBeforeSeconds: 43_200)
        #expect(anchor.stale == stale)
    }

    @Test("a listener has the contract's profile, timeouts and limits")
    func listener() throws {
        let listener = try #require(try minimal().listeners.first)
        #expect(listener.bind == [.address("127.0.0.1", port: 8883)])
        #expect(listener.profile == .bcp195)
        #expect(listener.alpn == [])
        #expect(listener.timeouts.handshakeSeconds == 10)
        #expect(listener.timeouts.connectSeconds == 5)
        #expect(listener.timeouts.idleSeconds == nil)
        #expect(listener.timeouts.deadPeerSeconds == 60)
        #expect(listener.timeouts.sessionSeconds == nil)
        #expect(listener.limits.connections == 20_000)
        #expect(listener.limits.handshakesInFlight == 1_000)
        #expect(listener.limits.chainDepth == 5)
        #expect(listener.limits.chainBytes == 32_768)
        #expect(listener.upstream == "platform")
    }

    @Test("an upstream is plain and is told no identity; a policy requires nothing more")
    func upstreamAndPolicy() throws {
        let configuration = try minimal()
        let upstream = try #require(configuration.upstreams.first)
        #expect(upstream.name == "platform")
        #expect(upstream.addresses == [.host("127.0.0.1", port: 9000)])
        #expect(upstream.tls == nil)
        #expect(upstream.identity == .none)
        let policy = try #require(configuration.policies.first)
        #expect(policy.name == "pumps")
        #expect(policy.identityPattern == "urn:hospital:pump:*")
        #expect(policy.listeners.isEmpty && policy.networks.isEmpty)
        #expect(policy.minimumTLSVersion == nil)
        #expect(policy.secondNetwork == .alarm)
        #expect(policy.warnCertificateAgeSeconds == nil && policy.maximumCertificateAgeSeconds == nil)
    }

    @Test("stating what is not built yet as absent is allowed: it is what happens")
    func statedDefaults() {
        let listener = """
            trust: [device-ca]
                proxy_protocol_from: []
                protocol: tcp
                resumption: never
                limits: { handshakes_per_source: none }
            """
        let revocation =
            "{ ocsp: { use: never, scope: leaf, timeout: 3s }, urls_in_certificates: { follow: never, allow: [] }, crls"
        let text = ConfigurationTexts.minimal.replacing("trust: [device-ca]", with: listener).replacing(
            "{ crls", with: revocation)
        let result = ConfigurationTexts.read(text)
        #expect(result.lines == [])
        #expect(result.configuration == ConfigurationTexts.read(ConfigurationTexts.minimal).configuration)
    }
}

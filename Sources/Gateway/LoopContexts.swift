import Configuration
import DER
import DataPlane
import EventLoop
import PathValidation
import SignatureChecking
import SnapshotAssembly
import TLSOrigination
import TLSStream
import TLSTermination

/// What one loop has of its own: the TLS contexts of every listener and upstream, in the loop's library context.
struct LoopContexts {
    private var servers: [String: TLSServerContext] = [:]
    private var clients: [String: TLSClientContext] = [:]

    /// Who finds the paths of a listener's devices.
    func engine(of listener: String) -> OpenSSLPathEngine? { servers[listener]?.engine }

    mutating func addServer(
        _ listener: ListenerSettings,
        _ material: [TrustMaterial],
        _ keys: [CertifiedKey],
        _ library: CryptoLibrary
    ) throws(TLSServerContext.Failure) {
        let engine = OpenSSLPathEngine(
            trust: material.map(\.forValidation),
            intermediates: material.flatMap(\.intermediates),
            policy: PathPolicy(
                purpose: .client, keyPurposes: listener.keyPurposes.compactMap(ObjectIdentifier.init(dotted:)),
                maximumDepth: listener.limits.chainDepth, issuerProfile: .tolerant
            ),
            library: library
        )
        guard let engine else { preconditionFailure("trust anchors were decoded before") }
        let profile = TLSProfile(listener.profile)
        let binding = SessionBinding(listener: listener.name, trustSet: engine.trustSet, profile: profile)
        let settings = TLSServerContext.Settings(
            profile: profile,
            certificates: keys,
            applicationProtocols: listener.alpn,
            maximumChainBytes: listener.limits.chainBytes,
            resumption: listener.resumption == .allowed ? .allowed(binding) : .never
        )
        servers[listener.name] = try TLSServerContext(settings, engine: engine, library: library)
    }

    mutating func addClient(_ upstream: String, _ settings: TLSClientContext.Settings, _ library: CryptoLibrary) {
        guard let context = try? TLSClientContext(settings, library: library) else {
            preconditionFailure("settings were tried out before: upstream \(upstream)")
        }
        clients[upstream] = context
    }

    func listener(
        _ settings: ListenerSettings,
        _ configuration: GatewayConfiguration,
        _ resources: ListenerResources,
        _ addresses: UpstreamAddresses,
        connections: Int,
        loop: Int
    ) -> ListenerPlan {
        guard let tls = servers[settings.name], let occupancy = resources.occupancy[settings.name],
            let counters = resources.counters[settings.name]?[loop], let health = resources.health[settings.upstream],
            let upstream = configuration.upstreams.first(where: { $0.name == settings.upstream })
        else { preconditionFailure("a listener without its parts: \(settings.name)") }
        return ListenerPlan(
            name: settings.name,
            sockets: resources.sockets(of: settings.name, loop: loop),
            tls: tls,
            sessions: settings.resumption == .allowed ? resources.sessions : nil,
            upstream: UpstreamPlan(
                name: upstream.name,
                addresses: addresses.addresses(of: upstream),
                tls: clients[upstream.name],
                identity: upstream.identity == .proxyV2 ? .proxyV2 : .none,
                health: health
            ),
            timeouts: ConnectionTimeouts(settings.timeouts),
            limits: ConnectionLimits(
                connections: connections,
                handshakesInFlight: settings.limits.handshakesInFlight
            ),
            occupancy: occupancy,
            counters: counters
        )
    }
}

extension TLSProfile {
    fileprivate init(_ name: TLSProfileName) {
        switch name {
        case .bcp195: self = .bcp195
        case .tls13Only: self = .tls13Only
        }
    }
}

extension TLSServerContext.Failure {
    /// Which of the listener's certificates it is about.
    var position: Int {
        switch self {
        case .parameters: 0
        case .certificate(let position, _): position
        }
    }

    var isAboutKey: Bool {
        switch self {
        case .certificate(_, .noKey), .certificate(_, .keyDoesNotMatch): true
        case .certificate, .parameters: false
        }
    }
}

extension ConnectionTimeouts {
    fileprivate init(_ settings: TimeoutSettings) {
        self.init(
            handshakeSeconds: Double(settings.handshakeSeconds),
            connectSeconds: Double(settings.connectSeconds),
            idleSeconds: settings.idleSeconds.map(Double.init),
            deadPeerSeconds: settings.deadPeerSeconds.map(Double.init),
            sessionSeconds: settings.sessionSeconds.map(Double.init)
        )
    }
}

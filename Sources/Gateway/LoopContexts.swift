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
///
/// Each live connection holds on to the context that it began with. So a context is taken over from the generation before
/// unless something that it is made of has changed: reloads must not cost memory for as long as somebody stays.
struct LoopContexts {
    /// What a listener's context is made of, private keys as digests. It knows nothing of snapshots: whoever decides about a
    /// device is asked of its connection.
    struct ServerOrigin: Hashable {
        let paths: OpenSSLPathEngine.Settings
        let tls: TLSServerContext.Settings
    }

    /// A context beside what it is made of.
    private struct Made<Context: Sendable, Origin: Sendable>: Sendable {
        let context: Context
        let origin: Origin
    }

    private var servers: [String: Made<TLSServerContext, ServerOrigin>] = [:]
    private var clients: [String: Made<TLSClientContext, TLSClientContext.Settings>] = [:]

    func server(of listener: String) -> TLSServerContext? { servers[listener]?.context }
    func client(of upstream: String) -> TLSClientContext? { clients[upstream]?.context }

    /// Who finds the paths of a listener's devices.
    func engine(of listener: String) -> OpenSSLPathEngine? { server(of: listener)?.engine }

    /// - Parameter previous: of the same loop, in the generation before; nil at the start.
    mutating func addServer(
        _ listener: ListenerSettings,
        _ material: [TrustMaterial],
        _ keys: [CertifiedKey],
        _ library: CryptoLibrary,
        after previous: LoopContexts?
    ) throws(TLSServerContext.Failure) {
        let paths = OpenSSLPathEngine.Settings(
            trust: material.map(\.forValidation),
            intermediates: material.flatMap(\.intermediates),
            policy: PathPolicy(
                purpose: .client, keyPurposes: listener.keyPurposes.compactMap(ObjectIdentifier.init(dotted:)),
                maximumDepth: listener.limits.chainDepth, issuerProfile: .tolerant
            )
        )
        let profile = TLSProfile(listener.profile)
        let binding = SessionBinding(listener: listener.name, trustSet: paths.trustSet, profile: profile)
        let settings = TLSServerContext.Settings(
            profile: profile,
            certificates: keys,
            applicationProtocols: listener.alpn,
            maximumChainBytes: listener.limits.chainBytes,
            resumption: listener.resumption == .allowed ? .allowed(binding) : .never
        )
        let origin = ServerOrigin(paths: paths, tls: settings.withoutKeys)
        if let known = previous?.servers[listener.name], known.origin == origin {
            servers[listener.name] = known
            return
        }
        guard let engine = OpenSSLPathEngine(paths, library: library) else {
            preconditionFailure("trust anchors were decoded before")
        }
        servers[listener.name] = Made(
            context: try TLSServerContext(settings, engine: engine, library: library), origin: origin)
    }

    mutating func addClient(
        _ upstream: String, _ settings: TLSClientContext.Settings, _ library: CryptoLibrary, after previous: LoopContexts?
    ) {
        let origin = settings.withoutKey
        if let known = previous?.clients[upstream], known.origin == origin {
            clients[upstream] = known
            return
        }
        guard let context = try? TLSClientContext(settings, library: library) else {
            preconditionFailure("settings were tried out before: upstream \(upstream)")
        }
        clients[upstream] = Made(context: context, origin: origin)
    }

    func listener(
        _ settings: ListenerSettings,
        _ configuration: GatewayConfiguration,
        _ resources: ListenerResources,
        _ addresses: UpstreamAddresses,
        connections: Int,
        loop: Int
    ) -> ListenerPlan {
        guard let tls = server(of: settings.name), let occupancy = resources.occupancy[settings.name],
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
                tls: client(of: upstream.name),
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

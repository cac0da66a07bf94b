import Configuration
import DataPlane
import EventLoop
import FileSystem
import PKITypes
import SignatureChecking
import SnapshotAssembly
import TLSOrigination
import TLSStream
import TLSTermination
import VerificationCore
import X509

/// The first phase of a start or a reload: everything new is built aside. Publishing what it made cannot fail.
struct GenerationBuilder {
    /// Everything that the second phase needs.
    struct Prepared {
        let configuration: GatewayConfiguration
        let resources: ListenerResources
        let snapshot: VerificationSnapshot
        /// One a loop.
        let generations: [LoopGeneration]
        /// The configuration as it was read, with its warnings.
        let reading: ConfigurationResult
        let ownCertificates: [OwnCertificate]
    }

    /// A certificate that the gateway shows, for the expiry metric.
    struct OwnCertificate: Sendable {
        let file: String
        let notAfter: UnixSeconds
    }

    /// Largest file with a key or a chain.
    private static let maximumPEMOctets = 1 << 20

    let libraries: [CryptoLibrary]
    let previous: ListenerResources
    let knownProvers: Set<ListProver>

    func build(file: String, generation: UInt64, now: UnixSeconds) throws(GatewayFailure) -> Prepared {
        var result: ConfigurationResult
        do { result = try ConfigurationReader.read(file: file) } catch { throw .unreadable(error.description) }
        guard let configuration = result.configuration else { throw .findings(result.findings) }

        let assembly = SnapshotAssembler(configuration, knownProvers: knownProvers).assemble(generation: generation, now: now)
        for problem in assembly.problems {
            result.add(problem.severity == .error ? .error : .warning, aboutFile: problem.file, problem.message)
        }
        let servers = serverKeys(configuration, &result)
        let clients = clientSettings(configuration, &result)
        guard let snapshot = assembly.snapshot, !result.hasErrors else { throw .findings(result.findings) }

        let plans = try loopPlans(configuration, assembly.trust, servers, clients, &result)
        guard !result.hasErrors else { throw .findings(result.findings) }
        let resources = try previous.adapted(to: configuration, loops: libraries.count)
        let addresses = try upstreamAddresses(configuration)
        let published = MonotonicClock.nanoseconds()
        let generations = plans.enumerated().map { loop, plan in
            LoopGeneration(
                snapshot: snapshot,
                listeners: configuration.listeners.map { plan.listener($0, configuration, resources, addresses, loop: loop) },
                publishedAt: published
            )
        }
        return Prepared(
            configuration: configuration,
            resources: resources,
            snapshot: snapshot,
            generations: generations,
            reading: result,
            ownCertificates: Self.ownCertificates(configuration, servers)
        )
    }
}

// MARK: - Keys and certificates

extension GenerationBuilder {
    private func serverKeys(_ configuration: GatewayConfiguration, _ result: inout ConfigurationResult) -> [String: [CertifiedKey]] {
        var keys: [String: [CertifiedKey]] = [:]
        for listener in configuration.listeners {
            keys[listener.name] = listener.serverCertificates.compactMap { certifiedKey($0, &result) }
        }
        return keys
    }

    private func clientSettings(
        _ configuration: GatewayConfiguration,
        _ result: inout ConfigurationResult
    ) -> [String: TLSClientContext.Settings] {
        var settings: [String: TLSClientContext.Settings] = [:]
        for upstream in configuration.upstreams {
            guard let tls = upstream.tls else { continue }
            let certificate = tls.certificate.flatMap { certifiedKey($0, &result) }
            guard let trust = contents(tls.trustFile, &result) else { continue }
            settings[upstream.name] = .init(trustAnchors: trust, serverName: tls.serverName, certificate: certificate)
            // Asked once here, so that what OpenSSL dislikes is found with its file's name.
            do throws(TLSClientContext.Failure) {
                if let client = settings[upstream.name] { _ = try TLSClientContext(client, library: libraries[0]) }
            } catch {
                let file = if case .certificate = error { tls.certificate?.chainFile ?? tls.trustFile } else { tls.trustFile }
                result.add(.error, aboutFile: file, error.description)
            }
        }
        return settings
    }

    private func certifiedKey(_ files: CertificateFiles, _ result: inout ConfigurationResult) -> CertifiedKey? {
        guard let chain = contents(files.chainFile, &result), let key = contents(files.keyFile, &result) else { return nil }
        return CertifiedKey(chain: chain, key: key)
    }

    private func contents(_ path: String, _ result: inout ConfigurationResult) -> [UInt8]? {
        do {
            return try FileContents.read(path, limit: Self.maximumPEMOctets)
        } catch {
            result.add(.error, aboutFile: path, error.reason)
            return nil
        }
    }

    private static func ownCertificates(_ configuration: GatewayConfiguration, _ keys: [String: [CertifiedKey]]) -> [OwnCertificate] {
        configuration.listeners.flatMap { listener in
            zip(listener.serverCertificates, keys[listener.name] ?? []).compactMap { files, key in
                guard let der = try? PEM.objects(.certificates, in: key.chain).first, let leaf = try? Certificate(der: der) else { return nil }
                return OwnCertificate(file: files.chainFile, notAfter: leaf.validity.notAfter)
            }
        }
    }
}

// MARK: - What each loop gets of its own

extension GenerationBuilder {
    /// TLS contexts of one loop, in its own library context.
    fileprivate struct LoopPlan {
        var servers: [String: TLSServerContext] = [:]
        var clients: [String: TLSClientContext] = [:]
    }

    fileprivate func loopPlans(
        _ configuration: GatewayConfiguration,
        _ trust: [String: TrustMaterial],
        _ servers: [String: [CertifiedKey]],
        _ clients: [String: TLSClientContext.Settings],
        _ result: inout ConfigurationResult
    ) throws(GatewayFailure) -> [LoopPlan] {
        var plans: [LoopPlan] = []
        for library in libraries {
            var plan = LoopPlan()
            for listener in configuration.listeners {
                let material = listener.trust.compactMap { trust[$0] }
                do throws(TLSServerContext.Failure) {
                    plan.servers[listener.name] = try Self.serverContext(listener, material, servers[listener.name] ?? [], library)
                } catch {
                    let position = if case .certificate(let position, _) = error { position } else { 0 }
                    let files = listener.serverCertificates[position]
                    let aboutKey = if case .certificate(_, .noKey) = error { true } else { false }
                    result.add(.error, aboutFile: aboutKey ? files.keyFile : files.chainFile, error.description)
                }
            }
            // Every loop would say the same.
            if result.hasErrors { return [] }
            for (name, settings) in clients {
                do { plan.clients[name] = try TLSClientContext(settings, library: library) } catch { throw .system("upstream \(name): \(error)") }
            }
            plans.append(plan)
        }
        return plans
    }

    private static func serverContext(
        _ listener: ListenerSettings,
        _ material: [TrustMaterial],
        _ keys: [CertifiedKey],
        _ library: CryptoLibrary
    ) throws(TLSServerContext.Failure) -> TLSServerContext {
        let engine = OpenSSLPathEngine(
            trust: material.map(\.forValidation),
            intermediates: material.flatMap(\.intermediates),
            policy: PathPolicy(purpose: .client, maximumDepth: listener.limits.chainDepth),
            library: library
        )
        guard let engine else { preconditionFailure("trust anchors were decoded before") }
        return try TLSServerContext(
            .init(
                profile: listener.profile == .bcp195 ? .bcp195 : .tls13Only,
                certificates: keys,
                applicationProtocols: listener.alpn,
                maximumChainBytes: listener.limits.chainBytes
            ),
            engine: engine,
            library: library
        )
    }

    /// Names are asked for here, where waiting harms nobody.
    private func upstreamAddresses(_ configuration: GatewayConfiguration) throws(GatewayFailure) -> [String: [SocketAddress]] {
        var addresses: [String: [SocketAddress]] = [:]
        for upstream in configuration.upstreams {
            var resolved: [SocketAddress] = []
            for address in upstream.addresses { resolved += try Self.resolve(address, of: upstream.name) }
            addresses[upstream.name] = resolved
        }
        return addresses
    }

    private static func resolve(_ address: UpstreamAddress, of upstream: String) throws(GatewayFailure) -> [SocketAddress] {
        switch address {
        case .unix(let path):
            guard let address = SocketAddress(unixPath: path) else { throw .system("upstream \(upstream): \(path) is too long") }
            return [address]
        case .host(let host, let port):
            do { return try NameResolution.resolve(host: host, port: port) } catch { throw .system("upstream \(upstream): \(error)") }
        }
    }
}

extension GenerationBuilder.LoopPlan {
    fileprivate func listener(
        _ settings: ListenerSettings,
        _ configuration: GatewayConfiguration,
        _ resources: ListenerResources,
        _ addresses: [String: [SocketAddress]],
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
            upstream: UpstreamPlan(
                name: upstream.name,
                addresses: addresses[upstream.name] ?? [],
                tls: clients[upstream.name],
                identity: upstream.identity == .proxyV2 ? .proxyV2 : .none,
                health: health
            ),
            timeouts: ConnectionTimeouts(settings.timeouts),
            limits: ConnectionLimits(connections: settings.limits.connections, handshakesInFlight: settings.limits.handshakesInFlight),
            occupancy: occupancy,
            counters: counters
        )
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

import AdminAPI
import Configuration
import DataPlane
import Dispatch
import EventLoop
import FileSystem
import Glibc
import Logging
import PKITypes
import RevocationRefresh
import SignatureChecking
import Synchronization
import TLSTermination
import VerificationCore

/// The composition root: a configuration file becomes a running gateway. Tests start it exactly as `pulsegate run` does.
package final class Gateway: Sendable {
    /// What changes while the gateway runs.
    struct State {
        var prepared: GenerationBuilder.Prepared
        var lastReloadSucceededAt: UnixSeconds
        /// The start counts as one.
        var lastReload = ReloadOutcome.taken
        var listFailures: [String: UInt64] = [:]
        /// Waits for a person's word.
        var heldChange: HeldChange?
        var changesHeld: UInt64 = 0
        var phase = Phase.serving
        /// The end of the drain was asked for before its beginning.
        var drainsAtOnce = false
    }

    enum ReloadOutcome: Sendable { case refused, taken }
    enum Phase: Sendable { case serving, draining, stopped }

    package let logger: Logger
    let configurationFile: String
    let libraries: [CryptoLibrary]
    let resolver: NameResolver
    /// Nil when the state directory does not take them.
    let tables: TableDirectory?
    let desk: RegistryDesk
    let claims: SessionClaims
    let clockKeeper: ClockKeeper
    let dataPlane: DataPlane
    let state: Mutex<State>
    /// One reload at a time; the state stays readable meanwhile.
    let reloading = Mutex<Void>(())
    let reloads = ControlThread(name: "reload")
    /// Where disks are waited for, which no reload has to.
    let keeping = ControlThread(name: "keep lists")
    /// Where lists are compared with what is registered.
    let credentials = DispatchQueue(label: "credentials", qos: .utility)
    /// A reload waits in the queue and has not begun.
    let isReloadWaiting = Atomic<Bool>(false)
    /// The configuration at the start: what needs a restart is still as this has it.
    let firstReading: ConfigurationResult
    private let collector: EventCollector
    private let drainedLoops: DispatchGroup
    private let metricsServer: MetricsServer?
    let hooks: HookRunner
    /// Open from the start's end on.
    private let adminServer = Mutex<AdminServer?>(nil)
    /// Held for the gateway's life.
    private let lock: DirectoryLock

    /// Starts serving. Whatever fails leaves nothing behind: no port stays open, no thread runs.
    ///
    /// - Parameters:
    ///   - sessions: where listeners that resume keep their sessions.
    ///   - clock: where the time comes from.
    package static func start(
        configurationFile: String, logger: Logger? = nil, resolver: NameResolver = .system,
        sessions: SharedSessionStore = SharedSessionStore(), clock: ClockSource = .system
    ) async throws(GatewayFailure) -> Gateway {
        let preview: ConfigurationResult
        do { preview = try ConfigurationReader.read(file: configurationFile) } catch { throw .unreadable(error.description) }
        guard let configuration = preview.configuration else { throw .findings(preview.findings) }
        let lock: DirectoryLock
        do { lock = try DirectoryLock(configuration.stateDirectory) } catch { throw .system("state_directory \(error)") }
        SystemCall.raiseDescriptorLimit()
        // A list that is replaced leaves nothing behind.
        SystemCall.giveLargeAllocationsBack()
        let loops = configuration.workers ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let libraries = (0..<loops).map { _ in CryptoLibrary() }
        let logger = logger ?? Logger(label: "pulsegate") { _ in LineLogHandler(configuration.log) }
        let tables = keptTables(in: configuration.stateDirectory, logger)
        let clockKeeper = ClockKeeper(in: configuration.stateDirectory, clock, logger)
        let desk = try registryDesk(of: configuration, clockKeeper.clock, logger)
        let scope = GenerationBuilder.Scope.everything(after: nil)
        let prepared = try GenerationBuilder(
            libraries: libraries, knownProvers: [], scope: scope, devices: desk.devices, resolver: resolver, tables: tables,
            logger: logger, firstSessions: sessions
        )
        .build(file: configurationFile, generation: 1, now: clockKeeper.clock.now)
        let gateway = try await Gateway(
            configurationFile: configurationFile,
            prepared: prepared,
            libraries: libraries,
            resolver: resolver,
            tables: tables,
            desk: desk,
            clockKeeper: clockKeeper,
            logger: logger,
            lock: lock
        )
        gateway.logger.notice(
            "started",
            metadata: ["version": "\(PulsegateVersion.text)", "configuration": "\(configurationFile)"]
        )
        gateway.announce(prepared, after: nil, opened: .sockets)
        gateway.keepLists(of: prepared, after: nil)
        gateway.recordRevocations(by: prepared.snapshot)
        do throws(GatewayFailure) {
            try await gateway.openAdmin()
        } catch {
            await gateway.stop()
            throw error
        }
        return gateway
    }

    private init(
        configurationFile: String,
        prepared: GenerationBuilder.Prepared,
        libraries: [CryptoLibrary],
        resolver: NameResolver,
        tables: TableDirectory?,
        desk: RegistryDesk,
        clockKeeper: ClockKeeper,
        logger: Logger,
        lock: consuming DirectoryLock
    ) async throws(GatewayFailure) {
        self.configurationFile = configurationFile
        self.libraries = libraries
        self.resolver = resolver
        self.tables = tables
        self.desk = desk
        claims = SessionClaims(clockKeeper.clock, logger)
        self.clockKeeper = clockKeeper
        self.logger = logger
        self.lock = lock
        firstReading = prepared.reading
        state = Mutex(State(prepared: prepared, lastReloadSucceededAt: clockKeeper.clock.wall))
        let collector = EventCollector()
        let drainedLoops = DispatchGroup()
        self.collector = collector
        self.drainedLoops = drainedLoops
        let later = DeferredGateway()
        hooks = HookRunner(desk.registry, settings: { later.hooks }, clock: clockKeeper.clock, logger: logger)
        if let bind = prepared.configuration.metricsBind {
            do { metricsServer = try await MetricsServer(MetricsServer.Address(bind), later.operations) } catch {
                throw .system("metrics: cannot listen on \(error)")
            }
        } else {
            metricsServer = nil
        }
        dataPlane = DataPlane(
            run: UInt32.random(in: .min ... .max),
            first: prepared.generations,
            clock: clockKeeper.clock,
            askRegistry: { desk.ask($0) },
            tellClaims: { [claims] in claims.note($0) },
            ringBell: { collector.ring() },
            onDrained: { drainedLoops.leave() }
        )
        collector.collect(from: dataPlane.outboxes)
        later.attach(self)
        openRegistry()
        openClaims()
        hooks.start()
        clockKeeper.start()
        hearLoops()
    }

    private func hearLoops() {
        let log = EventLog(logger)
        collector.start(
            receive: { [desk, claims] event in
                log.write(event)
                desk.note(event)
                claims.note(event)
            },
            noteDropped: { [claims] count in
                log.noteDropped(count)
                claims.noteLoss()
            })
    }

    private func openAdmin() async throws(GatewayFailure) {
        let configuration = configuration
        do throws(AdminServer.Failure) {
            let server = try await AdminServer(
                path: configuration.adminSocket, spoolDirectory: configuration.stateDirectory, routes: adminRoutes)
            adminServer.withLock { $0 = server }
        } catch {
            throw .system("admin: cannot listen on \(error)")
        }
    }

    package var configuration: GatewayConfiguration { state.withLock { $0.prepared.configuration } }

    /// Where a listener listens, with the ports that were given out for port 0.
    package func addresses(of listener: String) -> [SocketAddress] {
        state.withLock { $0.prepared.resources.sockets(of: listener, loop: 0).map(\.address) }
    }

    package var metricsPort: UInt16? { get async { await metricsServer?.port } }

    /// Takes no new devices and lets the sessions finish, until the deadline of the configuration. Returns when all are gone.
    package func drain() {
        let seconds = state.withLock { state -> Int64? in
            guard state.phase == .serving else { return nil }
            state.phase = .draining
            // Before any loop can hear of the drain, and leave.
            for _ in 0..<dataPlane.loopCount { drainedLoops.enter() }
            let seconds = state.drainsAtOnce ? 0 : state.prepared.configuration.shutdownDrainSeconds
            dataPlane.drain(seconds: Double(seconds))
            return seconds
        }
        if let seconds { logger.notice("draining", metadata: ["deadline_seconds": "\(seconds)"]) }
        drainedLoops.wait()
    }

    /// Ends a drain before its deadline: what is left is closed. A drain that has not begun ends when it begins.
    package func endDrain() {
        state.withLock { state in
            switch state.phase {
            case .serving: state.drainsAtOnce = true
            case .draining: dataPlane.drain(seconds: 0)
            case .stopped: break
            }
        }
    }

    /// Ends what is left, and every thread of the gateway.
    package func stop() async {
        state.withLock { $0.phase = .stopped }
        // Its routes hold on to the gateway.
        let admin = adminServer.withLock { $0.take() }
        await admin?.stop()
        hooks.stop()
        clockKeeper.stop()
        dataPlane.stop()
        collector.stop()
        // After the last event was heard of.
        desk.close()
        claims.close()
        await metricsServer?.stop()
        await listsAreKept()
        logger.notice("stopped")
    }
}

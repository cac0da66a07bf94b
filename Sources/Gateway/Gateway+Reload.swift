import Configuration
import DataPlane
import EventLoop
import PKITypes
import VerificationCore

extension Gateway {
    /// What a generation brought beside its decisions.
    enum Opened { case sockets, nothing }

    /// Has everything read again soon, elsewhere: whoever hears signals must not wait for a resolver. Of requests that come
    /// before the reading begins, one is enough.
    package func requestReload() {
        guard !isReloadWaiting.exchange(true, ordering: .acquiringAndReleasing) else { return }
        reloads.async { [self] in
            // What comes from here on may be about a file that is read already.
            _ = isReloadWaiting.exchange(false, ordering: .acquiringAndReleasing)
            reload()
        }
    }

    /// Reads the configuration and every file that it names again. When anything is wrong the old state serves on.
    ///
    /// Trust is revocable at any moment: during a drain, too, whoever is here is decided again. Nothing is opened then, and
    /// the drain ends when it would have ended.
    @discardableResult
    package func reload() -> Result<UInt64, GatewayFailure> { reload(confirmed: nil) }

    /// - Parameter confirmed: what is not held, whatever it does.
    func reload(confirmed: HeldChange.Content?) -> Result<UInt64, GatewayFailure> {
        reloading.withLock { _ in
            let (current, phase) = state.withLock { ($0.prepared, $0.phase) }
            do throws(GatewayFailure) {
                let scope = phase == .serving ? GenerationBuilder.Scope.everything(after: current) : .decisions(after: current)
                let next = try GenerationBuilder(
                    libraries: libraries, knownProvers: dataPlane.provers.all, scope: scope, devices: desk.devices,
                    resolver: resolver, tables: tables, logger: logger
                )
                .build(file: configurationFile, generation: current.snapshot.generation + 1, now: clockKeeper.clock.now)
                if let held = weigh(next, after: current), held.content != confirmed { throw .held(held) }
                try commit(next, after: current)
                return .success(state.withLock { $0.prepared.snapshot.generation })
            } catch {
                if case .held(let change) = error { hold(change) } else { noteFailedReload(error) }
                return .failure(error)
            }
        }
    }

    /// Published before anything is written: a log that is slow to take a line must not keep a revoked device connected.
    private func commit(
        _ built: GenerationBuilder.Prepared, after previous: GenerationBuilder.Prepared
    ) throws(GatewayFailure) {
        // The loops hear of a generation and of a drain in the order in which the state does.
        let phase = state.withLock { state in
            guard state.phase != .stopped else { return state.phase }
            // The drain may have begun during the build: what was opened for nobody closes again.
            let built = built.deciding(
                by: desk.devices, generation: state.prepared.snapshot.generation + 1, now: clockKeeper.clock.now)
            let next = state.phase == .draining ? built.decisions(after: state.prepared) : built
            state.prepared = next
            state.lastReloadSucceededAt = clockKeeper.clock.wall
            state.lastReload = .taken
            state.heldChange = nil
            dataPlane.publish(next.generations)
            return state.phase
        }
        guard phase != .stopped else { throw .system("the gateway has stopped") }
        for key in built.reading.keysThatNeedRestart(since: firstReading) {
            logger.warning("a changed key takes effect at the next start only", metadata: ["key": "\(key)"])
        }
        logger.notice("configuration reloaded", metadata: ["configuration": "\(configurationFile)"])
        announce(built, after: previous, opened: phase == .serving ? .sockets : .nothing)
        keepLists(of: built, after: previous)
        let (lists, before) = (built.snapshot.revocation.lists, previous.snapshot.revocation.lists)
        if lists.map(ObjectIdentifier.init) != before.map(ObjectIdentifier.init) { recordRevocations(by: built.snapshot) }
        keeping.async { SystemCall.giveFreedMemoryBack() }
    }

    private func noteFailedReload(_ failure: GatewayFailure) {
        state.withLock { state in
            state.lastReload = .refused
            let lists = Set(state.prepared.configuration.trustAnchors.flatMap(\.crlFiles))
            for list in lists.intersection(failure.faultyFiles) { state.listFailures[list, default: 0] += 1 }
        }
        if case .findings(let findings) = failure { findings.forEach(log) }
        logger.error("reload refused, the old state serves on", metadata: ["cause": "\(failure.summary)"])
    }

    /// The file's name and the position are fields, the severity is the line's level.
    private func log(_ finding: Finding) {
        logger.log(
            level: finding.severity == .error ? .error : .warning,
            "\(finding.message)",
            metadata: ["file": "\(finding.file)", "line": "\(finding.line)", "column": "\(finding.column)"]
        )
    }

    func announce(_ prepared: GenerationBuilder.Prepared, after previous: GenerationBuilder.Prepared?, opened: Opened) {
        prepared.reading.findings.forEach(log)
        if opened == .sockets {
            announceStaleAddresses(prepared.addresses)
            announceListeners(prepared, after: previous)
            announceCaps(prepared, after: previous)
        }
        logger.notice(
            "snapshot published",
            metadata: [
                "generation": "\(prepared.snapshot.generation)", "lists": "\(prepared.snapshot.revocation.lists.count)",
                "policies": "\(prepared.snapshot.policies.count)",
            ]
        )
    }

    private func announceStaleAddresses(_ addresses: UpstreamAddresses) {
        for failure in addresses.stale {
            logger.warning(
                "upstream name not resolved, its last addresses stay",
                metadata: ["host": "\(failure.host)", "cause": "\(failure.reason)"]
            )
        }
    }

    /// Said when it changes: an unchanged limit at every reload tells nobody anything.
    private func announceCaps(_ prepared: GenerationBuilder.Prepared, after previous: GenerationBuilder.Prepared?) {
        for listener in prepared.configuration.listeners {
            guard let effective = prepared.connections[listener.name], effective < listener.limits.connections,
                previous?.connections[listener.name] != effective
            else { continue }
            logger.warning(
                "connections are capped by the limit of descriptors",
                metadata: [
                    "listener": "\(listener.name)", "configured": "\(listener.limits.connections)", "effective": "\(effective)",
                ]
            )
        }
    }

    /// What was open before was announced then.
    private func announceListeners(_ prepared: GenerationBuilder.Prepared, after previous: GenerationBuilder.Prepared?) {
        for listener in prepared.configuration.listeners {
            let addresses = prepared.resources.sockets(of: listener.name, loop: 0).map(\.address.description)
            let before = previous?.resources.sockets(of: listener.name, loop: 0).map(\.address.description)
            if addresses == before { continue }
            logger.info(
                "listening",
                metadata: ["listener": "\(listener.name)", "addresses": "\(addresses.joined(separator: ","))"]
            )
        }
    }
}

import Configuration
import DataPlane
import DeviceRegistry
import Dispatch
import Logging
import Observability
import PKITypes
import Synchronization
import VerificationCore

/// The change guard: what a reload would do is weighed before it is done.
///
/// What a person does to devices by name does not come by here; nor does what time does, whose dates stood in certificates and
/// lists all along, and which a gateway that holds still cannot undo.
extension Gateway {
    /// Loops that do not answer by then are ending. A change is not held for them.
    private static let weighingSeconds = 2.0
    /// More registered devices are looked through only when the change names the certificates that it is about: it would take
    /// longer than a revoked device may stay.
    private static let devicesLookedThrough = 20_000

    /// The change that waits for a person's word, if one does.
    package var heldChange: HeldChange? { state.withLock { $0.heldChange } }

    /// A person has looked at the change that is held, and it is to be made.
    package func confirmHeldChange() -> HeldChangeAnswer {
        guard let held = heldChange else { return .nothingHeld }
        switch reload(confirmed: held.content) {
        case .success(let generation): return .applied(generation: generation)
        case .failure(.held(let other)): return .heldAnother(other)
        case .failure(let failure): return .failed(failure)
        }
    }

    /// Nil when it may be made.
    func weigh(_ built: GenerationBuilder.Prepared, after current: GenerationBuilder.Prepared) -> HeldChange? {
        let limits = built.configuration.changeGuard
        guard limits.sessionsCut != .none || limits.devicesRefused != .none,
            let change = built.generations.first?.change, change != .none
        else { return nil }
        let sessions = limits.sessionsCut == .none ? SessionsAtStake() : sessionsAtStake(built.snapshot, change)
        let devices = desk.devices.count
        let devicesRefused = devicesAtStake(built.snapshot, change, after: current.snapshot, limits.devicesRefused)
        if limits.sessionsCut.allows(sessions.ending, of: sessions.all),
            limits.devicesRefused.allows(devicesRefused ?? 0, of: devices)
        {
            return nil
        }
        return HeldChange(
            since: clockKeeper.clock.now, sessions: sessions, devicesRefused: devicesRefused, devices: devices,
            content: HeldChange.Content(built))
    }

    func hold(_ change: HeldChange) {
        state.withLock { state in
            state.heldChange = change
            state.changesHeld += 1
            state.lastReload = .refused
        }
        logger.error(
            "change held, the old state serves on",
            metadata: [
                "sessions": "\(change.sessions.all)", "sessions_ending": "\(change.sessions.ending)",
                "devices": "\(change.devices)", "devices_refused": change.devicesRefused.map { "\($0)" } ?? "not counted",
                "next": "pulsegate reload --confirm if it is meant; if not, put the old files back and reload",
            ])
    }

    func guardMetrics(_ page: inout PrometheusText) {
        let (held, count) = state.withLock { ($0.heldChange != nil, $0.changesHeld) }
        page.gauge(
            "pulsegate_change_held",
            help: "1 while a reload waits for a person's word.",
            [MetricSample([], held ? 1 : 0)]
        )
        page.counter(
            "pulsegate_changes_held_total",
            help: "Reloads that would have done more than the change guard lets pass.",
            [MetricSample([], count)]
        )
    }

    private func sessionsAtStake(_ snapshot: VerificationSnapshot, _ change: SnapshotChange) -> SessionsAtStake {
        let answers = AnswersOfLoops()
        dataPlane.weigh(ChangeWeighing(snapshot: snapshot, change: change) { answers.add($0) })
        for _ in 0..<dataPlane.loopCount {
            guard answers.bell.wait(timeout: .now() + Self.weighingSeconds) == .success else {
                logger.warning("a change was not weighed in time and is made")
                return SessionsAtStake()
            }
        }
        return answers.sum.withLock { $0 }
    }

    /// Nil when it was not counted, because it cannot be too many or would take too long.
    private func devicesAtStake(
        _ snapshot: VerificationSnapshot, _ change: SnapshotChange, after old: VerificationSnapshot, _ limit: ChangeLimit
    ) -> Int? {
        let isSameLists = snapshot.revocation.lists.map(ObjectIdentifier.init) == old.revocation.lists.map(ObjectIdentifier.init)
        if limit == .none || isSameLists { return nil }
        let now = clockKeeper.clock.now
        func isNewlyRevoked(_ id: CredentialID) -> Bool {
            guard case .revoked = Self.status(of: id, snapshot, now: now) else { return false }
            if case .revoked = Self.status(of: id, old, now: now) { return false }
            return true
        }
        switch change {
        case .affecting(let named, _):
            // A certificate is of one device.
            if limit.allows(named.count, of: desk.devices.count) { return nil }
            return devices { named.contains($0) && isNewlyRevoked($0) }
        case .everything:
            if desk.devices.count > Self.devicesLookedThrough { return nil }
            return devices(holding: isNewlyRevoked)
        }
    }

    /// How many devices have such a certificate in use.
    private func devices(holding isSuch: (CredentialID) -> Bool) -> Int? {
        var count = 0
        do throws(StoreFailure) {
            try desk.registry.store.forEachEntry { entry in
                guard entry.state.refusal == nil else { return }
                let used = entry.credentials.lazy.filter { if case .dead = $0.standing { false } else { true } }
                if used.contains(where: { isSuch($0.id) }) { count += 1 }
            }
            return count
        } catch {
            logger.error("registered devices are not weighed", metadata: ["cause": "\(error)"])
            return nil
        }
    }
}

/// What the loops said so far, and a bell that rings for each.
private final class AnswersOfLoops: Sendable {
    let bell = DispatchSemaphore(value: 0)
    let sum = Mutex(SessionsAtStake())

    func add(_ answer: SessionsAtStake) {
        sum.withLock { $0 = $0 + answer }
        bell.signal()
    }
}

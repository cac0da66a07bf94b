import Configuration
import DataPlane
import DeviceRegistry
import Dispatch
import EventLoop
import Logging
import PKITypes
import Synchronization

/// Tells hooks of devices' steps, from the outbox in the store: again and again until it works, across restarts.
final class HookRunner: Sendable {
    /// How often a hook was called, for the metrics.
    struct Calls: Hashable, Sendable {
        var succeeded: UInt64 = 0
        var failed: UInt64 = 0
        var abandoned: UInt64 = 0
    }

    private let registry: Registry
    private let settings: @Sendable () -> [HookSettings]
    private let clock: TrustedClock
    private let logger: Logger
    private let bell = DispatchSemaphore(value: 0)
    private let isStopping = Atomic<Bool>(false)
    private let calls = Mutex<[String: Calls]>([:])
    private let thread = Mutex<LoopThread?>(nil)

    /// How long what is due may wait without a bell.
    private static let turnMilliseconds = 1000
    /// At once: one that hangs does not keep the others.
    private static let callsAtOnce = 8
    private static let firstDelaySeconds: Int64 = 1
    private static let longestDelaySeconds: Int64 = 3_600

    init(
        _ registry: Registry, settings: @escaping @Sendable () -> [HookSettings], clock: TrustedClock, logger: Logger
    ) {
        self.registry = registry
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    /// What happens from now on is heard of.
    func start() {
        var queued: Queued?
        turn { () throws(RegistryFailure) in try queue(settings(), &queued) }
        let first = queued
        thread.withLock { thread in
            thread = LoopThread.spawn(name: "hooks") { [self] in
                var queued = first
                while !isStopping.load(ordering: .acquiring) {
                    _ = bell.wait(timeout: .now() + .milliseconds(Self.turnMilliseconds))
                    turn { () throws(RegistryFailure) in
                        let hooks = settings()
                        try queue(hooks, &queued)
                        guard !hooks.isEmpty else { return }
                        while try callWhatIsDue(hooks), !isStopping.load(ordering: .acquiring) {}
                    }
                }
            }
        }
    }

    /// There may be something new.
    func ring() { bell.signal() }

    /// Calls that are under way are given up; they are made again at the next start.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        ring()
        thread.withLock { $0.take() }?.join()
    }

    var callCounts: [String: Calls] { calls.withLock { $0 } }

    /// After so many attempts, the next waits so long.
    static func delaySeconds(afterAttempts attempts: Int) -> Int64 {
        attempts > 12 ? longestDelaySeconds : min(longestDelaySeconds, firstDelaySeconds << Int64(max(0, attempts - 1)))
    }

    /// How far the steps are in the outbox, for which hooks.
    private struct Queued: Equatable {
        let revision: Revision
        let hooks: [HookSettings]
    }

    private func turn(_ body: () throws(RegistryFailure) -> Void) {
        do throws(RegistryFailure) { try body() } catch {
            logger.error("hooks are not called", metadata: ["cause": "\(error)"])
        }
    }

    private func queue(_ hooks: [HookSettings], _ queued: inout Queued?) throws(RegistryFailure) {
        guard !hooks.isEmpty else { return }
        let wanted = Queued(revision: try asking { () throws(StoreFailure) in try registry.store.revision() }, hooks: hooks)
        guard queued != wanted else { return }
        try registry.store.write { transaction throws(RegistryFailure) in
            for hook in hooks { try transaction.queueDeliveries(of: hook.name, on: hook.states, at: clock.now) }
        }
        queued = wanted
    }

    /// - Returns: whether anything was.
    private func callWhatIsDue(_ hooks: [HookSettings]) throws(RegistryFailure) -> Bool {
        let due = try asking { () throws(StoreFailure) in
            try registry.store.dueDeliveries(of: hooks.map(\.name), at: clock.now, limit: Self.callsAtOnce)
        }
        guard !due.isEmpty else { return false }
        let called = CalledHooks()
        let group = DispatchGroup()
        for delivery in due {
            guard let hook = hooks.first(where: { $0.name == delivery.hook }) else { continue }
            DispatchQueue.global(qos: .utility).async(group: group) { [self] in
                guard let result = call(hook, delivery) else { return }
                called.results.withLock { $0.append((delivery, result)) }
            }
        }
        group.wait()
        let known = called.results.withLock { $0 }
        try registry.store.write { transaction throws(RegistryFailure) in
            for (delivery, result) in known { try transaction.note(result, of: delivery) }
        }
        return true
    }

    /// Nil when it was given up because the gateway stops.
    private func call(_ hook: HookSettings, _ delivery: HookDelivery) -> HookResult? {
        let outcome = HookCall(hook, isGivenUp: { [self] in isStopping.load(ordering: .acquiring) }).perform(delivery.json)
        if isStopping.load(ordering: .acquiring), !outcome.isSuccess { return nil }
        let now = clock.now
        let attempts = delivery.attempts + 1
        let facts: Logger.Metadata = [
            "hook": "\(hook.name)", "identity": "\(delivery.identity)", "to": "\(delivery.transition.to.name)",
            "attempt": "\(attempts)", "answer": "\(outcome.answer)",
        ]
        if outcome.isSuccess {
            calls.withLock { $0[hook.name, default: Calls()].succeeded += 1 }
            logger.info("hook called", metadata: facts)
            return HookResult(.delivered, answer: outcome.answer, time: now, due: nil)
        }
        let isLast = attempts >= hook.attempts
        calls.withLock { calls in
            calls[hook.name, default: Calls()].failed += 1
            if isLast { calls[hook.name, default: Calls()].abandoned += 1 }
        }
        guard !isLast else {
            logger.error("hook given up", metadata: facts)
            return HookResult(.abandoned, answer: outcome.answer, time: now, due: nil)
        }
        logger.warning("hook failed, it is called again", metadata: facts)
        let due = now + Self.delaySeconds(afterAttempts: attempts)
        return HookResult(.failed, answer: outcome.answer, time: now, due: due)
    }

    private func asking<Value>(_ body: () throws(StoreFailure) -> Value) throws(RegistryFailure) -> Value {
        do { return try body() } catch { throw .store(error) }
    }
}

/// What calls of one turn came to.
private final class CalledHooks: Sendable { let results = Mutex<[(HookDelivery, HookResult)]>([]) }

import Configuration
import DataPlane
import Dispatch
import Logging
import PKITypes
import Synchronization

/// The sessions of devices as the whole gateway has them: those whose number a policy limits, of which loops tell and are told
/// what to do, and the networks of all, of which the loops' events tell.
///
/// It works on a queue of its own. Loops wait for nothing; only the newcomer of a limited policy waits, for its answer.
final class SessionClaims: Sendable {
    private struct Work {
        var table = ClaimTable()
        var ceiling = QuarantineCeiling()
        var damping: [CloneAlarm.Finding: AlarmDamping] = [:]
        var alarms: [CloneAlarm.Finding: UInt64] = [:]
        var ways: Ways?
    }

    /// To whom it speaks.
    struct Ways: Sendable {
        /// Has a loop do something.
        let tell: @Sendable (SessionOrder) -> Void
        /// Sends a device away until a person has looked.
        let quarantine: @Sendable (DeviceIdentity, CloneAlarm.Finding) -> Void
        /// What a second network comes to, by a policy and at a listener.
        let secondNetwork: @Sendable (_ policy: String, _ listener: String) -> SecondNetworkAnswer
    }

    private let clock: TrustedClock
    private let logger: Logger
    private let queue = DispatchQueue(label: "session claims", qos: .userInitiated)
    /// Of alarms that no loop waits for: the registry may take a while to send a device away.
    private let alarmQueue = DispatchQueue(label: "second networks", qos: .utility)
    private let watch = Mutex(NetworkWatch())
    /// Never held while loops or the registry are told.
    private let work = Mutex(Work())

    init(_ clock: TrustedClock, _ logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    func open(_ ways: Ways) { work.withLock { $0.ways = ways } }

    /// What comes later is heard by nobody.
    func close() {
        work.withLock { $0.ways = nil }
        queue.sync {}
        alarmQueue.sync {}
    }

    /// Since the start.
    func alarms(_ finding: CloneAlarm.Finding) -> UInt64 { work.withLock { $0.alarms[finding] ?? 0 } }

    /// From a loop.
    func note(_ notice: SessionNotice) { queue.async { [self] in take(notice) } }

    /// From whoever reads the loops' events. Only who was admitted counts: it has proved its key.
    func note(_ event: DataPlaneEvent) {
        switch event {
        case .admitted(let record, let policy, _):
            guard let alarm = watch.withLock({ $0.began(record, at: clock.now) }) else { return }
            alarmQueue.async { [self] in answer(alarm, policy) }
        case .sessionEnded(let record): watch.withLock { $0.ended(record.leaf, from: record.source, at: clock.now) }
        case .upstreamFailed(let record, _, _):
            watch.withLock { $0.ended(record.leaf, from: record.source, at: clock.now) }
        default: break
        }
    }

    /// Events were lost. One may have been an end, after which its session would count for ever: better none than that one.
    func noteLoss() { watch.withLock { $0 = NetworkWatch() } }

    private func take(_ notice: SessionNotice) {
        let (steps, ways) = work.withLock { ($0.table.take(notice), $0.ways) }
        for step in steps {
            switch step {
            case .order(let order): ways?.tell(order)
            case .quarantine(let identity): ways?.quarantine(identity, .sessions)
            case .alarm(let alarm): raise(alarm)
            }
        }
    }

    private func answer(_ alarm: CloneAlarm, _ policy: String) {
        guard let ways = work.withLock({ $0.ways }) else { return }
        switch ways.secondNetwork(policy, alarm.newcomer.listener) {
        case .quarantine:
            let isHeld = work.withLock { !$0.ceiling.permits(at: alarm.newcomer.since) }
            if !isHeld { ways.quarantine(alarm.identity, alarm.finding) }
            raise(alarm, quarantine: isHeld ? "held" : nil)
        case .alarm: raise(alarm)
        case .ignore: break
        }
    }

    private func raise(_ alarm: CloneAlarm, quarantine: String? = nil) {
        let untold = work.withLock { work in
            work.alarms[alarm.finding, default: 0] += 1
            return work.damping[alarm.finding, default: AlarmDamping()].tell(alarm.identity, at: alarm.newcomer.since)
        }
        guard let untold else { return }
        var fields = alarm.fields
        if untold > 0 { fields["untold"] = "\(untold)" }
        fields["quarantine"] = quarantine.map { "\($0)" }
        logger.warning("\(alarm.finding.sentence)", metadata: fields)
    }
}

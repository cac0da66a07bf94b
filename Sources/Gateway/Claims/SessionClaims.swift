import DataPlane
import Dispatch
import Logging
import PKITypes
import Synchronization
import VerificationCore

/// The sessions whose number a policy limits, as the whole gateway has them: loops tell of theirs and are told what to do.
///
/// It works on a queue of its own. Loops wait for nothing; only the newcomer of a limited policy waits, for its answer.
final class SessionClaims: Sendable {
    private struct Work {
        var table = ClaimTable()
        var damping = AlarmDamping()
        var alarms: UInt64 = 0
        var tell: (@Sendable (SessionOrder) -> Void)?
        var quarantine: (@Sendable (DeviceIdentity) -> Void)?
    }

    private let logger: Logger
    private let queue = DispatchQueue(label: "session claims", qos: .userInitiated)
    /// Never held while loops or the registry are told.
    private let work = Mutex(Work())

    init(_ logger: Logger) { self.logger = logger }

    /// - Parameters:
    ///   - tell: has a loop do something.
    ///   - quarantine: sends a device away until a person has looked.
    func open(
        tell: @escaping @Sendable (SessionOrder) -> Void, quarantine: @escaping @Sendable (DeviceIdentity) -> Void
    ) {
        work.withLock { work in
            work.tell = tell
            work.quarantine = quarantine
        }
    }

    /// What comes later is heard by nobody.
    func close() {
        work.withLock { work in (work.tell, work.quarantine) = (nil, nil) }
        queue.sync {}
    }

    /// Since the start.
    var alarms: UInt64 { work.withLock { $0.alarms } }

    /// From a loop.
    func note(_ notice: SessionNotice) { queue.async { [self] in take(notice) } }

    private func take(_ notice: SessionNotice) {
        let (steps, tell, quarantine) = work.withLock { ($0.table.take(notice), $0.tell, $0.quarantine) }
        for step in steps {
            switch step {
            case .order(let order): tell?(order)
            case .quarantine(let identity): quarantine?(identity)
            case .alarm(let alarm): raise(alarm)
            }
        }
    }

    private func raise(_ alarm: CloneAlarm) {
        let newcomer = alarm.newcomer
        let untold = work.withLock { work in
            work.alarms += 1
            return work.damping.tell(newcomer.identity, at: newcomer.since)
        }
        guard let untold else { return }
        func all(_ fact: (SessionClaim) -> String) -> String { alarm.others.map(fact).joined(separator: ",") }
        var fields: Logger.Metadata = [
            "device": "\(newcomer.identity)", "decision": "\(newcomer.decision)", "listener": "\(newcomer.listener)",
            "source": "\(newcomer.source)", "serial": "\(newcomer.serial.map { "\($0)" } ?? "")",
            "since": "\(newcomer.since.rawValue)",
            "other_decision": "\(all { "\($0.decision)" })", "other_listener": "\(all { $0.listener })",
            "other_source": "\(all { "\($0.source)" })", "other_serial": "\(all { $0.serial.map { "\($0)" } ?? "" })",
            "other_since": "\(all { "\($0.since.rawValue)" })",
        ]
        if untold > 0 { fields["untold"] = "\(untold)" }
        logger.warning("concurrent sessions of one device", metadata: fields)
    }
}

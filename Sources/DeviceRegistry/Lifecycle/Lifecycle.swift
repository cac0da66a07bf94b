import PKITypes

/// The life of a record, as a pure function: which event may happen in which state, and what it makes of it.
package enum Lifecycle {
    package static func applying(
        _ event: LifecycleEvent, to record: DeviceRecord, by actor: Actor, reason: String = "", at now: UnixSeconds
    ) throws(LifecycleFailure) -> LifecycleStep {
        if event.needsPerson, !actor.isPerson { throw .onlyByPerson(event: event.name) }
        if event.needsReason, reason.isEmpty { throw .reasonMissing(event: event.name) }
        var next = record
        var alarm: LifecycleAlarm?
        let target: (state: DeviceState, cause: TransitionCause)?
        switch event {
        case .activate:
            target = (try activated(record), .command)
            endOverlaps(of: &next, at: .max)
        case .rotate: target = (try rotated(record), .command)
        case .quarantine: target = (try quarantined(record, event), .command)
        case .find(let finding): target = (try quarantined(record, event), .finding(finding))
        case .disable: target = (try disabled(record), .command)
        case .retire:
            guard record.state != .retired else { throw .alreadyIn(.retired) }
            target = (.retired, .command)
            // The facts go with the credentials: nothing that comes later, and no older list, revives one of them.
            for index in next.credentials.indices { next.credentials[index].standing.die(.deviceRetired) }
            next.condemnExpectedKey()
        case .reinstate: target = (try reinstated(record), .command)
        case .bind(let presented, let overlapSeconds):
            target = try bound(presented, overlapSeconds, to: &next, at: now)
        case .resume:
            guard record.state == .provisioned else { throw .notFrom(record.state, event: event.name) }
            target = (.active, .firstUse)
        case .revoke(let id, let reason, let listIssued):
            target = try revoked(id, reason, listIssued, in: &next, alarm: &alarm, at: now)
        case .liftHold(let id, let listIssued):
            target = try lifted(id, listIssued, in: &next, at: now)
        case .endOverlaps:
            endOverlaps(of: &next, at: now)
            target = next.rotationIsOver(since: record) ? (.active, .rotation) : nil
        }
        guard let target, target.state != record.state else {
            return LifecycleStep(record: next, transition: nil, alarm: alarm)
        }
        next.state = target.state
        next.stateCause = target.cause
        next.stateSince = now
        let transition = Transition(
            from: record.state, to: target.state, cause: target.cause, actor: actor, reason: reason, time: now)
        return LifecycleStep(record: next, transition: transition, alarm: alarm)
    }

    /// Of a rotating device it ends the rotation now: what overlaps is superseded.
    private static func activated(_ record: DeviceRecord) throws(LifecycleFailure) -> DeviceState {
        switch record.state {
        case .provisioned, .rotating, .quarantined: .active
        case .active: throw .alreadyIn(.active)
        case .disabled, .retired: throw .notFrom(record.state, event: "activate")
        }
    }

    private static func rotated(_ record: DeviceRecord) throws(LifecycleFailure) -> DeviceState {
        switch record.state {
        case .active: .rotating
        case .rotating: throw .alreadyIn(.rotating)
        case .provisioned, .quarantined, .disabled, .retired: throw .notFrom(record.state, event: "rotate")
        }
    }

    /// Never softens a graver state.
    private static func quarantined(
        _ record: DeviceRecord, _ event: LifecycleEvent
    ) throws(LifecycleFailure) -> DeviceState {
        switch record.state {
        case .provisioned, .active, .rotating: .quarantined
        case .quarantined: throw .alreadyIn(.quarantined)
        case .disabled, .retired: throw .notFrom(record.state, event: event.name)
        }
    }

    private static func disabled(_ record: DeviceRecord) throws(LifecycleFailure) -> DeviceState {
        switch record.state {
        case .provisioned, .active, .rotating, .quarantined: .disabled
        case .disabled: throw .alreadyIn(.disabled)
        case .retired: throw .notFrom(.retired, event: "disable")
        }
    }

    private static func reinstated(_ record: DeviceRecord) throws(LifecycleFailure) -> DeviceState {
        switch record.state {
        case .disabled, .retired: .provisioned
        case .provisioned, .active, .rotating, .quarantined: throw .notFrom(record.state, event: "reinstate")
        }
    }
}

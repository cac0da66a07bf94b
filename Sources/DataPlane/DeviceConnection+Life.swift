import PKITypes
import VerificationCore

/// As a live session, which every change finds from the admission to the end.
extension DeviceConnection: LiveSession {
    func decideAgain(_ snapshot: VerificationSnapshot, now: UnixSeconds) -> Redecision {
        let refusal: Refusal
        switch gate.decideAgain(snapshot, now: now) {
        case .permit(let permit):
            wait.reset()
            gate.permit = permit
            noteObservation(permit)
            return .kept(until: permit.holdsUntil)
        case .pending(let answer):
            if waits(for: answer) { return .kept(until: nil) }
            refusal = gate.unanswered(answer)
        case .refuse(let verdict): refusal = verdict
        }
        return cut(refusal)
    }

    /// What enforcement would do now is told once.
    private func noteObservation(_ permit: Permit) {
        let observed = permit.observed ?? observedLimit
        guard observed != gate.observed else { return }
        gate.observed = observed
        guard let reason = observed else { return }
        plan.counters.countWouldCut(reason)
        worker.report(.observed(gate.observation(reason)))
        worker.report(.wouldCut(gate.record(), reason))
    }

    /// What a record still says that is not read counts as the worst: it is looked for because a list seems to name it.
    func wouldEnd(by snapshot: VerificationSnapshot, now: UnixSeconds) -> Bool {
        switch gate.decideAgain(snapshot, now: now) {
        case .permit, .pending(.registry): false
        case .refuse, .pending(.record): true
        }
    }

    func cut(_ refusal: Refusal) -> Redecision {
        gate.forgetSessions()
        gate.noteRefusal(refusal)
        worker.report(.cut(gate.record(), refusal.reason))
        close(.refused(refusal.reason))
        return .cut
    }
}

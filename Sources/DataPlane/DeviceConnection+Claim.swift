import PKITypes
import VerificationCore

/// The claim on a session, where the number of an identity's sessions is limited.
extension DeviceConnection {
    /// Longer than the probe of an old session takes, with the ways between the loops.
    private static var answerSeconds: Double { LifeProbe.limitSeconds + 2 }

    func askForSession(_ limit: SessionLimit) {
        phase = .confirming
        watcher.interest = []
        guard claim == .none, let identity = gate.identity else { return }
        claim = .asked
        deadline.start(afterSeconds: Self.answerSeconds)
        let wanted = SessionClaim(
            decision: id, identity: identity, listener: plan.name, source: peer, serial: gate.leaf?.serial, since: worker.now,
            connectedAt: startedAt)
        let isReported = worker.snapshot.observes(.sessionLimit, on: plan.name, at: worker.now)
        worker.tellClaims(.wanted(wanted, limit, isReported ? .reported : .enforced))
    }

    /// The decision is made once more: the device may have been sent away meanwhile.
    func sessionAnswered(_ answer: SessionAnswer) {
        guard case .confirming = phase, claim == .asked else { return }
        switch answer {
        case .refused(let reason):
            claim = .none
            return refuseAdmission(Refusal(reason, identity: gate.identity))
        case .granted: break
        case .grantedAlthough(let reason): observedLimit = reason
        }
        claim = .granted
        decideAdmission()
    }

    /// Before the device hears of the end, so that it does not meet itself when it comes back at once.
    func releaseClaim() {
        guard claim != .none, let identity = gate.identity else { return }
        claim = .none
        lifeProbe.cancel()
        worker.tellClaims(.over(id, identity))
    }
}

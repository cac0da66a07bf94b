import PKITypes
import TLSTermination
import VerificationCore

/// From the first flight to the admission or the refusal, and the wait for an answer that decides.
extension DeviceConnection {
    func stepHandshake() {
        guard let tls else { preconditionFailure("a handshake without TLS") }
        switch tls.step() {
        case .wantsRead: watcher.interest = .read
        case .wantsWrite: watcher.interest = .write
        case .failed(let failure): handshakeFailed(failure)
        case .finished(let proof): handshakeFinished(proof)
        }
    }

    private func handshakeFailed(_ failure: HandshakeFailure) {
        // What libssl says of a refused certificate is only that its judge refused it.
        if let reason = gate.refusalReason { return refuse(reason, diagnosis: nil) }
        refuse(failure.reason, diagnosis: failure.diagnosis, peerIsSilent: failure.peerIsSilent)
    }

    private func handshakeFinished(_ proof: consuming FinishedHandshake) {
        tls?.stream.forgetPeerChain()
        gate.settleResumption()
        (gate.isResumed ? plan.counters.resumedHandshakes : plan.counters.fullHandshakes).add()
        plan.counters.handshakeSeconds.record(nanoseconds: worker.loop.monotonicNanoseconds - startedAt)
        self.proof = consume proof
        decideAdmission()
    }

    /// By the snapshot of now; once more when an answer came that the decision waited for.
    func decideAdmission() {
        switch gate.verdict(under: worker.snapshot, now: worker.now) {
        case .refuse(let refusal): refuseAdmission(refusal)
        case .pending(let answer):
            guard waits(for: answer) else { return refuseAdmission(gate.unanswered(answer)) }
            phase = .confirming
            watcher.interest = []
        case .permit(let permit):
            if let limit = permit.sessions, claim != .granted { return askForSession(limit) }
            admit(permit)
        }
    }

    private func admit(_ permit: Permit) {
        guard let proof = proof.take() else { preconditionFailure("an admission before the end of the handshake") }
        wait.reset()
        deadline.stop()
        plan.occupancy.leaveHandshake()
        let observed = permit.observed ?? observedLimit
        plan.counters.countAdmission(observed: observed)
        gate.observed = observed
        plan.occupancy.beginSession()
        if let reason = observed { worker.report(.observed(gate.observation(reason))) }
        worker.report(.admitted(gate.record(), policy: permit.policy, warnings: permit.warnings))
        gate.permit = permit
        admission = Admission(permit, proof)
        connectUpstream()
    }

    /// A refusal after the handshake. OpenSSL sends no other alert than close_notify then (its only way to choose one is the
    /// answer of the verify callback); when the device comes back the record is at hand, and it reads the alert of the reason.
    func refuseAdmission(_ refusal: Refusal, diagnosis: String? = nil) {
        plan.occupancy.leaveHandshake()
        gate.noteRefusal(refusal)
        if let diagnosis { gate.noteDiagnosis(diagnosis) }
        plan.counters.countRefusal(refusal.reason)
        worker.report(.refused(gate.record(), refusal.reason))
        releaseClaim()
        _ = tls?.stream.sendCloseNotify()
        linger()
    }

    /// A handshake that did not end in an admission. libssl has sent the alert; the device gets the time to read it.
    func refuse(_ reason: RefusalReason, diagnosis: String?, peerIsSilent: Bool = false) {
        plan.occupancy.leaveHandshake()
        plan.counters.failedHandshakes.add()
        plan.counters.countRefusal(reason)
        if let diagnosis { gate.noteDiagnosis(diagnosis) }
        var record = gate.record()
        // libssl sends one at the end of the stream, too: nobody is there to read it.
        if peerIsSilent { record.alertSent = nil }
        worker.report(peerIsSilent ? .probed(record) : .refused(record, reason))
        tls = nil
        linger()
    }

    /// Has the answer sought elsewhere. False when that was tried often enough.
    func waits(for answer: PendingAnswer) -> Bool {
        switch wait.next() {
        case .begin:
            switch answer {
            case .record(let record): worker.fetch(record, for: id)
            case .registry: worker.askRegistry(gate.registryQuestion)
            }
        case .isUnderWay: break
        case .givenUp: return false
        }
        return true
    }

    /// The registry admits a credential whose key the device has proved to hold.
    func registryAdmitted() {
        gate.noteRegistryAdmits()
        answered()
    }

    /// The registry refuses a credential whose key the device has proved to hold.
    func registryRefused(_ reason: RefusalReason) {
        if worker.snapshot.observes(reason, on: plan.name, at: worker.now) {
            gate.noteRegistryRefuses(reason)
            return answered()
        }
        wait.ended()
        let refusal = Refusal(reason, identity: gate.identity)
        switch phase {
        case .confirming: refuseAdmission(refusal)
        case .connecting, .relaying: worker.live.note(cut(refusal), of: self)
        case .handshaking, .lingering, .closed: break
        }
    }
}

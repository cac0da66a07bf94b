import EventLoop
import PKITypes
import VerificationCore

/// Ending: by our decision, by the session's own end, and the wait until the device has read what was said last.
extension DeviceConnection: SessionOwner {
    /// Ends whatever goes on, from our side.
    func close(_ end: SessionEnd) {
        switch phase {
        case .handshaking: refuse(.handshakeFailed, diagnosis: end.code)
        case .confirming: refuseAdmission(Refusal(.handshakeFailed), diagnosis: end.code)
        case .connecting(let connector):
            connector.cancel()
            // Whoever was admitted has an end in the log, too.
            if let record = unrelayedRecord(end) { worker.report(.sessionEnded(record)) }
            endBeforeRelay(end)
        case .relaying(let session): session.cut(end)
        case .lingering: finish()
        case .closed: break
        }
    }

    func sessionEnded(_ session: Session, _ end: SessionEnd, device: ByteChannel, lingers: Bool) {
        deadline.stop()
        plan.counters.countEnd(end)
        plan.occupancy.endSession()
        worker.live.leave(self)
        releaseClaim()
        worker.report(
            .sessionEnded(session.record(id: id, listener: plan.name, source: peer, leaf: gate.leaf, end, startedAt: startedAt)))
        if lingers {
            socket = device.surrender()
            linger()
        } else {
            watcher.stop()
            finish()
        }
    }

    /// Admitted, but nothing was relayed.
    func endBeforeRelay(_ end: SessionEnd) {
        plan.counters.countEnd(end)
        plan.occupancy.endSession()
        worker.live.leave(self)
        releaseClaim()
        _ = tls?.stream.sendCloseNotify()
        linger()
    }

    private func unrelayedRecord(_ end: SessionEnd) -> SessionRecord? {
        gate.identity.map {
            SessionRecord(
                decision: id, listener: plan.name, source: peer, identity: $0, leaf: gate.leaf, upstream: nil, end: end,
                octetsFromDevice: 0, octetsToDevice: 0, nanoseconds: worker.loop.monotonicNanoseconds - startedAt
            )
        }
    }

    /// Our side is closed; the device's last octets are thrown away for a bounded while, so that what we said last arrives.
    func linger() {
        guard socket != nil else { return finish() }
        phase = .lingering(discarded: 0)
        SystemCall.shutdownWrite(descriptor)
        deadline.start(afterSeconds: Linger.seconds)
        watcher.interest = .read
    }

    func finish() {
        if case .closed = phase { return }
        phase = .closed
        releaseClaim()
        deadline.stop()
        watcher.stop()
        tls = nil
        socket = nil
        plan.occupancy.leave()
        worker.release(self)
    }
}

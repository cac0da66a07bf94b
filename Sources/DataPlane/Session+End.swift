import EventLoop
import PKITypes
import SessionRelay

/// Ending: what the machine says, and the waits that a clean or an unclean end takes.
extension Session {
    /// An upstream that takes nothing for so long loses the rest of a session that was cut short anyway.
    private static let deliverySeconds = 10.0
    private static let deliveryCheckSeconds = 0.01

    var deviceHasEnded: Bool { machine.flow(from: .device).hasEnded }

    var isRelaying: Bool { if case .relaying = course { true } else { false } }

    func perform(_ effect: SessionStateMachine.Effect) {
        switch effect {
        case .none: break
        case .passEnd(let side):
            if channel(side).closeSending() { afterClose(side) }
        case .finish(let end, let side):
            // Closed now, a side whose close_notify does not fit would take the end for a truncation.
            if let side, !channel(side).closeSending() {
                course = .awaitingCloseNotify(end)
                boundGoodbye()
            } else {
                over(end, lingers: false)
            }
        case .abort(let end):
            let limit = worker.loop.monotonicNanoseconds + UInt64(Self.deliverySeconds * 1e9)
            course = .awaitingDelivery(end, until: limit)
            checkDelivery()
        }
    }

    /// A reset throws away what the kernel has not delivered yet, so it waits, for a bounded while, until the upstream has all.
    func checkDelivery() {
        guard case .awaitingDelivery(let end, let limit) = course else { return }
        guard SystemCall.undeliveredOctets(upstream.descriptor) == 0 || worker.loop.monotonicNanoseconds >= limit else {
            return deliveryCheck.start(afterSeconds: Self.deliveryCheckSeconds)
        }
        upstream.resetOnClose()
        // No close_notify: it would vouch, over the device's own TLS, for an answer that was cut short (RFC 8446 §6.1).
        over(end, lingers: true)
    }

    /// The upstream is through and the device knows: it has a bounded while to say its own goodbye.
    func afterClose(_ side: Side) {
        guard side == .device, machine.flow(from: .upstream).hasEnded, machine.flow(from: .device).isOpen else { return }
        boundGoodbye()
    }

    func boundGoodbye() { armIdle(min(Self.deviceCloseSeconds, timeouts.idleSeconds ?? Self.deviceCloseSeconds)) }

    func finishAfterUpstream() {
        upstream.resetOnClose()
        over(.upstreamClosed, lingers: false)
    }

    func resetBoth(_ end: SessionEnd) {
        upstream.resetOnClose()
        device.resetOnClose()
        over(end, lingers: false)
    }

    func armIdle(_ seconds: Double) {
        idleIsArmed = true
        idle.start(limitSeconds: seconds)
    }

    func over(_ end: SessionEnd, lingers: Bool) {
        course = .over
        deliveryCheck.stop()
        if idleIsArmed { idle.stop() }
        upstreamWatcher.stop()
        upstream.close()
        if !lingers { deviceWatcher.stop() }
        owner.sessionEnded(self, end, device: device, lingers: lingers)
    }
}

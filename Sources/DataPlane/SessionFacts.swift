import EventLoop
import PKITypes

/// A live session as operators see it.
package struct SessionFacts: Sendable {
    package enum State: String, Sendable {
        /// Admitted; the upstream is not connected yet.
        case connecting
        case relaying
        /// Its end is being told to the device.
        case ending
    }

    package let decision: DecisionID
    package let identity: DeviceIdentity
    package let listener: String
    package let source: SocketAddress
    package let policy: String
    package let state: State
    package let secondsOpen: Double
    package let octetsFromDevice: UInt64
    package let octetsToDevice: UInt64
}

/// Which sessions.
package enum SessionSelection: Sendable {
    case all
    case decision(DecisionID)
    case identity(DeviceIdentity)
    case listener(String)
}

extension DeviceConnection {
    /// Nil before the device is admitted, and after its end.
    var facts: SessionFacts? {
        guard place != nil, let identity = gate.identity else { return nil }
        let state: SessionFacts.State
        var octets: (fromDevice: UInt64, toDevice: UInt64) = (0, 0)
        switch phase {
        case .connecting: state = .connecting
        case .relaying(let session):
            state = session.isRelaying ? .relaying : .ending
            octets = (session.octetsFromDevice, session.octetsToDevice)
        case .handshaking, .confirming, .lingering, .closed: return nil
        }
        return SessionFacts(
            decision: id, identity: identity, listener: plan.name, source: peer, policy: gate.permit?.policy ?? "",
            state: state, secondsOpen: Double(worker.loop.monotonicNanoseconds - startedAt) / 1e9,
            octetsFromDevice: octets.fromDevice, octetsToDevice: octets.toDevice)
    }

    func isSelected(by selection: SessionSelection) -> Bool {
        switch selection {
        case .all: true
        case .decision(let wanted): id == wanted
        case .identity(let wanted): gate.identity == wanted
        case .listener(let wanted): plan.name == wanted
        }
    }
}

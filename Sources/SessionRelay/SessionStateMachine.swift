import PKITypes
import VerificationCore

/// An admitted session: two flows, and the rule for when and how it ends. It holds the `Admission`, without which there is
/// nothing to relay; it touches no socket.
package struct SessionStateMachine: ~Copyable {
    /// What the driver has to do after an event.
    package enum Effect: Equatable {
        case none
        /// Close the sending half of this side: FIN to an upstream, close_notify and FIN to a device.
        case passEnd(to: Side)
        /// Both directions are through; `passEnd` first where `to` says so, then close both.
        case finish(SessionEnd, passEndTo: Side?)
        /// Reset the upstream, and end the device's side without close_notify, so that neither can mistake what it got for the
        /// whole.
        case abort(SessionEnd)
    }

    package let admission: Admission
    package private(set) var toUpstream = Flow()
    package private(set) var toDevice = Flow()
    /// Who ended first says how the session is said to have ended.
    private var firstEnded: Side?

    package init(_ admission: consuming Admission) { self.admission = admission }

    package func flow(from source: Side) -> Flow {
        switch source {
        case .device: toUpstream
        case .upstream: toDevice
        }
    }

    package mutating func stored(_ octets: Int, from source: Side) {
        switch source {
        case .device: toUpstream.stored(octets)
        case .upstream: toDevice.stored(octets)
        }
    }

    package mutating func flushed(_ octets: Int, from source: Side) -> Effect {
        let end =
            switch source {
            case .device: toUpstream.flushed(octets)
            case .upstream: toDevice.flushed(octets)
            }
        return effect(of: end, from: source)
    }

    package mutating func sourceEnded(_ source: Side, _ end: Flow.End) -> Effect {
        firstEnded = firstEnded ?? source
        let passed =
            switch source {
            case .device: toUpstream.sourceEnded(end)
            case .upstream: toDevice.sourceEnded(end)
            }
        return effect(of: passed, from: source)
    }

    private func effect(of end: Flow.End?, from source: Side) -> Effect {
        switch end {
        case nil: return .none
        case .truncated: return .abort(.truncated)
        case .clean:
            guard toUpstream.hasEnded, toDevice.hasEnded else { return .passEnd(to: source.opposite) }
            return .finish(firstEnded == .device ? .deviceClosed : .upstreamClosed, passEndTo: source.opposite)
        }
    }
}

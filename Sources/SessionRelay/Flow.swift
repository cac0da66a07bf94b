/// The two ends of a session.
package enum Side: Hashable, Sendable {
    case device
    case upstream

    package var opposite: Side { self == .device ? .upstream : .device }
}

/// One direction of a session, as arithmetic: octets that were read and not yet written stop the reading, and an end of the
/// source is passed on only behind the last octet.
///
///     open ──ended──► draining ──flushed──► ended
///       └──ended, nothing pending───────────►
package struct Flow: Equatable, Sendable {
    package enum End: Equatable, Sendable {
        /// The source said that it will send no more.
        case clean
        /// The source's transport ended without saying so: what came may be cut short.
        case truncated
    }

    private enum State: Equatable {
        case open
        case draining(End)
        case ended
    }

    private var state = State.open
    package private(set) var pendingOctets = 0

    package init() {}

    /// Back-pressure: nothing is read while something waits to be written.
    package var wantsInput: Bool { state == .open && pendingOctets == 0 }
    package var wantsOutput: Bool { pendingOctets > 0 }
    package var hasEnded: Bool { state == .ended }
    package var isOpen: Bool { state == .open }

    /// The destination did not take all that was read.
    package mutating func stored(_ octets: Int) {
        precondition(state == .open && octets >= 0, "octets stored on a flow whose source has ended: \(state)")
        pendingOctets += octets
    }

    /// - Returns: the end to pass on now, if the source has ended and this was the last of it.
    package mutating func flushed(_ octets: Int) -> End? {
        precondition(octets >= 0 && octets <= pendingOctets, "more flushed than was pending")
        pendingOctets -= octets
        guard pendingOctets == 0, case .draining(let end) = state else { return nil }
        state = .ended
        return end
    }

    /// - Returns: the end to pass on now, if nothing waits in front of it.
    package mutating func sourceEnded(_ end: End) -> End? {
        precondition(state == .open, "a source ended twice: \(state)")
        guard pendingOctets == 0 else {
            state = .draining(end)
            return nil
        }
        state = .ended
        return end
    }
}

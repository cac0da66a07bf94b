import Synchronization

/// How full a listener is, over all loops.
package final class ListenerOccupancy: Sendable {
    private let connectionCount = Atomic<Int>(0)
    private let handshakeCount = Atomic<Int>(0)
    private let sessionCount = Atomic<Int>(0)

    package init() {}

    package var connections: Int { connectionCount.load(ordering: .relaxed) }
    /// Admitted devices whose sessions have not ended.
    package var sessions: Int { sessionCount.load(ordering: .relaxed) }
    package var handshakesInFlight: Int { handshakeCount.load(ordering: .relaxed) }

    /// Takes a place for a connection in its handshake; false when there is none.
    func enter(_ limits: ConnectionLimits) -> Bool {
        let connections = connectionCount.add(1, ordering: .relaxed).newValue
        let handshakes = handshakeCount.add(1, ordering: .relaxed).newValue
        guard connections <= limits.connections, handshakes <= limits.handshakesInFlight else {
            leaveHandshake()
            leave()
            return false
        }
        return true
    }

    func leaveHandshake() { handshakeCount.subtract(1, ordering: .relaxed) }
    func beginSession() { sessionCount.add(1, ordering: .relaxed) }
    func endSession() { sessionCount.subtract(1, ordering: .relaxed) }
    func leave() { connectionCount.subtract(1, ordering: .relaxed) }
}

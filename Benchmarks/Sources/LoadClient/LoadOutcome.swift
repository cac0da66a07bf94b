/// What a run measured.
package struct LoadOutcome: Sendable {
    package var started = 0
    package var succeeded = 0
    /// Of those that succeeded.
    package var resumed = 0
    package var failures: [LoadFailure: Int] = [:]
    package var agreements: [String: Int] = [:]
    /// Connections on which the server sent at least one ticket.
    package var connectionsWithTicket = 0
    package var messages: UInt64 = 0
    package var bytesEchoed: UInt64 = 0
    /// From the first connect to the last close.
    package var elapsedNanoseconds: UInt64 = 0
    /// Only the time in which bytes were exchanged; equal to the above in `handshake` mode.
    package var exchangeNanoseconds: UInt64 = 0
    /// From connect to the end of the client's side of the handshake.
    package var handshakeLatencies = LatencyHistogram()
    /// From the message's first byte to its echo's last.
    package var messageLatencies = LatencyHistogram()
    /// From connect to the echo's last byte, in `handshake` mode.
    package var connectionLatencies = LatencyHistogram()
    package var ending = Ending.complete

    package enum Ending: String, Sendable, Encodable {
        case complete, interrupted
    }

    package init() {}

    package var failed: Int { failures.values.reduce(0, +) }

    package var isFlawless: Bool { failures.isEmpty && ending == .complete }
}

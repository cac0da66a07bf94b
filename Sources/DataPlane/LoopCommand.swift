import PKITypes

/// What the control plane may ask of a loop.
enum LoopCommand: Sendable {
    case install(LoopGeneration)
    case weigh(ChangeWeighing)
    /// A record that a decision waits for is in memory now.
    case recordFetched(DecisionID)
    case registryAnswered(DecisionID, RegistryAnswer)
    case sessionAnswered(DecisionID, SessionAnswer)
    /// Whether the device of a session is still there.
    case probe(DecisionID, heardSince: UInt64)
    case end(DecisionID, SessionEnd)
    /// Lists that waited for their signer speak now.
    case decideAllAgain
    case inquire(LoopInquiry)
    /// No new connections; sessions may finish until the deadline, then they are closed.
    case drain(seconds: Double)
    case stop
}

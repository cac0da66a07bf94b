/// What the control plane may ask of a loop.
enum LoopCommand: Sendable {
    case install(LoopGeneration)
    /// No new connections; sessions may finish until the deadline, then they are closed.
    case drain(seconds: Double)
    case stop
}

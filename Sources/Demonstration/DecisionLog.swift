import Logging
import Synchronization

/// The gateway's own log, kept so that what it says can be compared with what the devices lived through.
final class DecisionLog: Sendable {
    struct Line: Sendable {
        let message: String
        let fields: [String: String]
    }

    private struct State {
        var kept: [Line] = []
        var follower: (@Sendable (Line) -> Void)?
    }

    private let state = Mutex(State())

    var logger: Logger { Logger(label: "pulsegate") { _ in Handler(log: self) } }

    /// A place in the log, to ask for what comes after it.
    var mark: Int { state.withLock { $0.kept.count } }

    /// The lines after `mark` that hold what is asked for, at once.
    func lines(after mark: Int = 0, where matches: (Line) -> Bool) -> [Line] {
        state.withLock { $0.kept.dropFirst(mark).filter(matches) }
    }

    /// The first such line, once it is there; nil when the time is up.
    func line(after mark: Int, seconds: Double, where matches: (Line) -> Bool) -> Line? {
        var found: Line?
        _ = Patience.wait(seconds: seconds) {
            found = lines(after: mark, where: matches).first
            return found != nil
        }
        return found
    }

    /// From now on lines are handed over and no longer kept: a gateway that serves for days must not fill the memory.
    func follow(_ follower: @escaping @Sendable (Line) -> Void) { state.withLock { $0.follower = follower } }

    private func take(_ line: Line) {
        let follower = state.withLock { state in
            if state.follower == nil { state.kept.append(line) }
            return state.follower
        }
        follower?(line)
    }

    private struct Handler: LogHandler {
        let log: DecisionLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues(\.description)
            log.take(Line(message: event.message.description, fields: fields))
        }
    }
}

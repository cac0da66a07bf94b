import Logging
import Synchronization

/// The gateway's log, kept instead of printed.
package final class CapturedLog: Sendable {
    package struct Line: Sendable {
        package let level: Logger.Level
        package let message: String
        package let fields: [String: String]
    }

    private let kept = Mutex<[Line]>([])

    package init() {}

    package var logger: Logger { Logger(label: "pulsegate") { _ in Handler(log: self) } }

    package var lines: [Line] { kept.withLock { $0 } }

    package func lines(_ message: String) -> [Line] { lines.filter { $0.message == message } }

    /// The lines of a message, once there are `count` of them or the time is up.
    package func lines(_ message: String, atLeast count: Int, within seconds: Double = 5) async throws -> [Line] {
        try await eventually(within: seconds) { lines(message).count >= count }
        return lines(message)
    }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues(\.description)
            log.kept.withLock { $0.append(Line(level: event.level, message: event.message.description, fields: fields)) }
        }
    }
}

/// Waits until something holds. Returns either way: the expectation that follows says what is wrong.
package func eventually(within seconds: Double = 5, _ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while !condition(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(2)) }
}

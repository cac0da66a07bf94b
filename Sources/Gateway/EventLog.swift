import DataPlane
import EventLoop
import Logging
import PKITypes
import PathValidation
import VerificationCore

/// The data plane's events as log lines: one for each decision, and one for each session's end.
struct EventLog: Sendable {
    private let logger: Logger
    /// Where they are written without the detour over a table, which costs as much as the line.
    private let lines: LineLogHandler?

    init(_ logger: Logger) {
        self.logger = logger
        lines = logger.handler as? LineLogHandler
    }

    private func put(_ level: Logger.Level, _ message: String, _ fields: @autoclosure () -> LogFields) {
        guard level >= logger.logLevel else { return }
        if let lines { return lines.write(level, message, fields()) }
        logger.log(level: level, "\(message)", metadata: fields().metadata)
    }

    func write(_ event: DataPlaneEvent) {
        switch event {
        case .admitted(let record, let policy, let warnings):
            put(warnings.isEmpty ? .info : .warning, "admitted", LogFields(admitted: record, policy: policy, warnings: warnings))
        case .refused(let record, let reason):
            put(Self.level(of: reason), "refused", LogFields(record, reason))
        case .probed(let record):
            put(.debug, "refused", LogFields(record, .handshakeFailed))
        case .verdictsDisagree(let record, let disagreement):
            put(.error, "verdicts disagree", LogFields(record, disagreement))
        // Its admission has a line.
        case .observed: break
        case .wouldCut(let record, let reason):
            put(.info, "session would be cut", LogFields(record, wouldRefuse: reason))
        case .cut(let record, let reason):
            put(.warning, "session cut", LogFields(record, reason))
        case .upstreamFailed(let record, let reason, let upstream):
            put(.error, "upstream failed", LogFields(record, reason, upstream: upstream))
        case .sessionEnded(let record):
            put(.info, "session ended", LogFields(record))
        case .listsProven(let provers):
            for prover in provers {
                logger.notice(
                    "lists proven by an issuer that a device brought", metadata: ["trust_anchor": "\(prover.anchorEntry)"])
            }
        case .snapshotApplied(let generation, let loop, let examined, let cut, let nanoseconds):
            logger.log(
                level: cut > 0 ? .notice : .debug,
                "snapshot applied",
                metadata: [
                    "generation": "\(generation)", "loop": "\(loop)", "examined": "\(examined)", "cut": "\(cut)",
                    "milliseconds": "\(Double(nanoseconds / 1000) / 1000)",
                ]
            )
        case .acceptPaused(let listener, let code):
            logger.error(
                "accepting paused",
                metadata: ["listener": "\(listener)", "cause": "\(SystemCallFailure.text(of: code))"]
            )
        case .acceptResumed(let listener):
            logger.notice("accepting resumed", metadata: ["listener": "\(listener)"])
        }
    }

    func noteDropped(_ count: UInt64) {
        logger.error("log events dropped", metadata: ["count": "\(count)"])
    }

    /// What a device did is traffic; what an operator or an upstream has to mend is a warning.
    private static func level(of reason: RefusalReason) -> Logger.Level {
        switch reason.fault {
        case .device: .info
        case .operator, .upstream: .warning
        case .gateway: .error
        }
    }
}

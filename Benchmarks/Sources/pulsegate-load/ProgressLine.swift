import Glibc
import LoadClient

/// One line on the terminal that is rewritten while a run goes on; nothing when standard error is not a terminal.
struct ProgressLine {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ outcome: LoadOutcome, of plan: LoadPlan) {
        guard isTerminal else { return }
        var line = "\r\u{1B}[K\(plan.mode.name.rawValue)  \(fixed(Double(outcome.elapsedNanoseconds) / 1e9, 1)) s"
        switch plan.mode {
        case .handshake(let connections, _): line += "  \(outcome.succeeded)/\(connections) connections"
        case .churn: line += "  \(outcome.succeeded) connections"
        case .idle: line += "  \(outcome.handshakeLatencies.count)/\(plan.connections) established"
        case .pingpong: line += "  \(outcome.messages) messages"
        case .stream: line += "  \(outcome.bytesEchoed / 1_000_000) MB"
        }
        if outcome.failed > 0 { line += "  \(outcome.failed) FAILED" }
        write(line)
    }

    func clear() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

import Glibc

/// The report as sentences for a person.
struct LoadSummary {
    let report: LoadReport

    var lines: [String] {
        var lines = [
            "\(report.mode.rawValue) against \(report.target), \(report.parallel) at once, \(report.credentials) devices"
        ]
        lines.append("  \(report.succeeded) of \(report.started) connections succeeded in \(fixed(report.seconds, 2)) s")
        if report.succeeded > 0 { lines += measurements }
        for (agreement, count) in report.agreements.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) × \(agreement)") }
        if report.resumed > 0 { lines.append("  \(report.resumed) connections went on from an earlier session") }
        if report.connectionsWithTicket > 0 {
            lines.append("  \(report.connectionsWithTicket) connections were sent a session ticket")
        }
        lines.append("  this client used \(fixed(share * 100, 0)) % of a core")
        if share >= Self.busyShare {
            lines.append("  NOTE: the client itself was the limit; run it on more or faster cores to load the target fully")
        }
        for (kind, count) in report.failures.sorted(by: { $0.key < $1.key }) { lines.append("  FAILED \(count) × \(kind)") }
        if report.ending == .interrupted { lines.append("  interrupted before the end") }
        return lines
    }

    /// Above this share of its one thread's core the client, not the target, sets the pace.
    private static let busyShare = 0.9

    private var share: Double { report.seconds > 0 ? report.clientCPUSeconds / report.seconds : 0 }

    private var measurements: [String] {
        switch report.mode {
        case .handshake, .churn:
            [
                "  \(fixed(report.connectionsPerSecond, 0)) connections/s",
                "  handshake   \(describe(report.handshakeMilliseconds))",
                "  connection  \(describe(report.connectionMilliseconds))",
            ]
        case .pingpong:
            [
                "  \(fixed(perSecond(Double(report.messages)), 0)) messages/s, \(report.messages) in all",
                "  round trip  \(describe(report.messageMilliseconds))",
            ]
        case .idle:
            ["  idle for \(fixed(report.exchangeSeconds, 1)) s", "  handshake   \(describe(report.handshakeMilliseconds))"]
        case .stream:
            ["  \(fixed(perSecond(Double(report.bytesEchoed)) / 1e6, 1)) MB/s each way, \(report.bytesEchoed) bytes in all"]
        }
    }

    private func perSecond(_ amount: Double) -> Double { report.exchangeSeconds > 0 ? amount / report.exchangeSeconds : 0 }

    private func describe(_ latency: LoadReport.Latency) -> String {
        "p50 \(fixed(latency.p50, 2))  p90 \(fixed(latency.p90, 2))  p99 \(fixed(latency.p99, 2))  "
            + "p99.9 \(fixed(latency.p999, 2))  max \(fixed(latency.max, 2)) ms"
    }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = pow(10, Double(decimals))
    let scaled = Int((value * scale).rounded())
    guard decimals > 0 else { return String(scaled) }
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}

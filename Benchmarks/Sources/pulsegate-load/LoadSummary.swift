import Glibc

/// The report as sentences for a person.
struct LoadSummary {
    let report: LoadReport

    var lines: [String] {
        var lines = ["\(report.mode) against \(report.target), \(report.parallel) at once, \(report.credentials) device certificates"]
        lines.append("  \(report.succeeded) of \(report.started) connections succeeded in \(fixed(report.seconds, 2)) s")
        switch report.mode {
        case "handshake":
            lines.append("  \(fixed(report.connectionsPerSecond, 0)) connections/s")
            lines.append("  handshake   \(describe(report.handshakeMilliseconds))")
            lines.append("  connection  \(describe(report.connectionMilliseconds))")
        case "pingpong":
            lines.append("  \(fixed(perSecond(Double(report.messages)), 0)) messages/s, \(report.messages) in all")
            lines.append("  round trip  \(describe(report.messageMilliseconds))")
        default:
            lines.append("  \(fixed(perSecond(Double(report.bytesEchoed)) / 1e6, 1)) MB/s each way, \(report.bytesEchoed) bytes in all")
        }
        for (agreement, count) in report.agreements.sorted(by: { $0.key < $1.key }) { lines.append("  \(count) × \(agreement)") }
        if report.connectionsWithTicket > 0 { lines.append("  \(report.connectionsWithTicket) connections were sent a session ticket") }
        lines.append("  this client used \(fixed(report.clientCPUSeconds, 2)) s of CPU; near 100 % of one core, it is the limit and not the target")
        for (kind, count) in report.failures.sorted(by: { $0.key < $1.key }) { lines.append("  FAILED \(count) × \(kind)") }
        if report.ending == "interrupted" { lines.append("  interrupted before the end") }
        return lines
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

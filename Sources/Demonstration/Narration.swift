import PKITypes

/// The demonstration as text for people: a table that grows line by line.
package struct Narration: Sendable {
    /// As much of what arrived as keeps the lines within the table's width.
    private static let excerptLength = 34

    private let style: TextStyle
    private var act: Scene.Act?

    package init(_ style: TextStyle) { self.style = style }

    /// The lines of an event, each with its end.
    package mutating func text(for event: DemonstrationEvent) -> String {
        let lines =
            switch event {
            case .opened(let playbill): opening(playbill)
            case .ended(let result): scene(result)
            case .finished(let summary): closing(summary)
            case .compared(let comparison): beside(comparison)
            case .serving(let playbill): VisitorGuide(playbill).lines.map { $0.isHeading ? style.text($0.text, .bold) : $0.text }
            case .received(let platform, let line): ["  \(style.text("\(platform) received", .dim))  \(line)"]
            case .logged(let message, let fields): decision(message, fields)
            }
        return lines.map { $0 + "\n" }.joined()
    }

    private func opening(_ playbill: Playbill) -> [String] {
        [
            style.text("Pulsegate demonstration", .bold), "",
            "  \(style.text("real", .bold))       TLS 1.2 and 1.3, TCP sockets on this machine, certificates, CRLs,",
            "             and the gateway: its configuration file, its decisions, its log, its reload",
            "  \(style.text("simulated", .bold))  the devices, the two platforms behind the gateway, and the laboratory CAs that",
            "             issued every certificate (in \(playbill.directory), removed at the end)", "",
            "  telemetry port  \(playbill.telemetryPort) -> telemetry platform \(playbill.telemetryPlatform)",
            "  imaging port    \(playbill.imagingPort) -> image archive \(playbill.imageArchive)",
        ]
    }

    private mutating func scene(_ result: SceneResult) -> [String] {
        var lines: [String] = []
        if result.scene.act != act {
            act = result.scene.act
            lines += ["", style.text(result.scene.act.heading, .bold)]
            lines.append(style.text(Row("device", "certificate", "decision", "reason", "alert as read by the device").text, .dim))
        }
        let observed = result.observed
        let row = Row(
            result.scene.member.name, result.scene.certificate, observed.decision.rawValue, observed.reason ?? "not logged",
            AlertText.of(observed.alert)
        )
        lines.append(row.coloured(style, result.passed ? observed.decision.ink : .alarm))
        for (position, detail) in details(result).enumerated() {
            // How long the cut took is what people come for.
            lines.append("      " + style.text(detail, observed.decision == .cut && position == 0 ? .yellow : .dim))
        }
        guard !result.passed else { return lines }
        lines.append(style.text("      NOT AS TOLD: expected \(Self.sentence(result.scene.told))", .alarm))
        lines.append(style.text("                   observed \(Self.sentence(observed))", .alarm))
        return lines + result.objections.map { style.text("                   also: \($0)", .alarm) }
    }

    private func details(_ result: SceneResult) -> [String] {
        var details = (result.scene.explanation.map { [$0] } ?? []) + result.remarks
        guard let delivery = result.delivery, [.admitted, .kept].contains(result.scene.told.decision) else { return details }
        let content = delivery.content == .asSent ? "exactly as sent" : "not as sent"
        let excerpt = delivery.excerpt.map { ": \($0.prefix(Self.excerptLength))..." } ?? ""
        details.append("\(delivery.platform) received \(delivery.octets) octets, \(content)\(excerpt)")
        return details
    }

    private func closing(_ summary: DemonstrationSummary) -> [String] {
        let told = Scene.all.count
        let stray =
            summary.strayConnections == 0
            ? "Nothing of a refused device reached a platform: \(summary.deliveredConnections) connections, all told of above."
            : "\(summary.strayConnections) connections with \(summary.strayOctets) octets reached a platform untold."
        let seconds = LiveStreams.text(summary.milliseconds / 1000)
        let verdict = "\(summary.passedScenes) of \(told) scenes ended as told, in \(seconds) s."
        return [
            "", style.text(stray, summary.strayConnections == 0 ? .green : .alarm),
            style.text(verdict, summary.passed ? .green : .alarm),
        ]
    }

    private func beside(_ comparison: PeerComparison) -> [String] {
        let seconds = LiveStreams.text(comparison.seconds)
        let session =
            comparison.sessionLivesOn
            ? "its session lives on: \(comparison.acknowledged) readings acknowledged in the \(seconds) s after the reload"
            : "its session ended within \(seconds) s"
        return [
            "", style.text("BESIDE IT: the same revocation at \(comparison.peer), with the same list", .bold),
            "  \(style.text("infusion pump 0540, revoked while it streams: \(session)", .yellow))",
            "  when it connects anew it is \(comparison.isServedAnew ? "served" : "refused")",
        ]
    }

    private func decision(_ message: String, _ fields: [String: String]) -> [String] {
        let ink: TextStyle.Ink
        switch message {
        case "admitted": ink = .green
        case "refused": ink = .red
        case "session cut", "reload refused, the old state serves on": ink = .yellow
        case "snapshot published": ink = .bold
        default: return []
        }
        let shown = ["device", "subject", "reason", "alert", "listener", "source", "generation", "cause"]
        let words = shown.compactMap { key in fields[key].map { "\(key)=\($0)" } }
        return ["  \(style.text("gateway: \(message)", ink))  \(words.joined(separator: " "))"]
    }

    private static func sentence(_ experience: Experience) -> String {
        let alert = experience.alert == nil ? "no alert" : "alert \(AlertText.of(experience.alert))"
        return "\(experience.decision.rawValue), \(experience.reason ?? "no reason logged"), \(alert)"
    }
}

/// A line of the table.
private struct Row {
    private static let widths = [18, 17, 8, 21]

    private let cells: [String]

    init(_ cells: String...) {
        self.cells = cells.enumerated().map { column, cell in
            guard column < Self.widths.count else { return cell }
            return cell + String(repeating: " ", count: max(0, Self.widths[column] - cell.count))
        }
    }

    var text: String { "  " + cells.joined(separator: "  ") }

    /// The decision and what follows in the ink.
    func coloured(_ style: TextStyle, _ ink: TextStyle.Ink) -> String {
        "  " + cells.prefix(2).joined(separator: "  ") + "  " + style.text(cells.dropFirst(2).joined(separator: "  "), ink)
    }
}

extension Scene.Act {
    fileprivate var heading: String {
        switch self {
        case .admitted: "ADMITTED: what they send arrives"
        case .refused: "REFUSED: they learn why, and nothing of theirs arrives"
        case .registered: "IDENTITY IS A RECORD: a certificate is evidence, and the registry decides beside it"
        case .revokedLive: "REVOKED WHILE IT STREAMS: cut, and refused when it comes back; the other stream goes on"
        }
    }
}

extension Experience.Decision {
    fileprivate var ink: TextStyle.Ink {
        switch self {
        case .admitted, .kept: .green
        case .refused: .red
        case .cut: .yellow
        case .failed: .alarm
        }
    }
}

/// An alert's code with its name in RFC 8446 §6.
enum AlertText {
    static func of(_ code: UInt8?) -> String {
        guard let code else { return "none" }
        return TLSAlert(rawValue: code).map { "\(code) \($0.name)" } ?? "\(code)"
    }
}

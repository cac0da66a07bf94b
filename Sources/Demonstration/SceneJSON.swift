import Gateway

/// The demonstration for scripts: one JSON object a line, one line a scene, and the summary last.
package enum SceneJSON {
    /// Nil for what only people are told.
    package static func text(for event: DemonstrationEvent) -> String? {
        switch event {
        case .ended(let result): line(of: result) + "\n"
        case .finished(let summary): line(of: summary) + "\n"
        case .compared(let comparison): line(of: comparison) + "\n"
        case .opened, .serving, .received, .logged: nil
        }
    }

    private static func line(of result: SceneResult) -> String {
        let scene = result.scene
        return object([
            ("scene", JSONText.quoted(scene.name)),
            ("device", JSONText.quoted(scene.member.name)),
            ("certificate", JSONText.quoted(scene.certificate)),
            ("listener", JSONText.quoted(scene.port.rawValue)),
            ("expected", experience(scene.told)),
            ("observed", experience(result.observed)),
            ("delivery", result.delivery.map(delivery) ?? "null"),
            ("passed", "\(result.passed)"),
            ("objections", "[" + result.objections.map(JSONText.quoted).joined(separator: ",") + "]"),
            ("milliseconds", milliseconds(result.milliseconds)),
        ])
    }

    private static func line(of summary: DemonstrationSummary) -> String {
        object([
            ("scenes", "\(Scene.all.count)"),
            ("passed_scenes", "\(summary.passedScenes)"),
            ("delivered_connections", "\(summary.deliveredConnections)"),
            ("stray_connections", "\(summary.strayConnections)"),
            ("stray_octets", "\(summary.strayOctets)"),
            ("passed", "\(summary.passed)"),
            ("milliseconds", milliseconds(summary.milliseconds)),
        ])
    }

    private static func line(of comparison: PeerComparison) -> String {
        object([
            ("comparison", JSONText.quoted(comparison.peer)),
            ("session_lives_on", "\(comparison.sessionLivesOn)"),
            ("acknowledged_after_reload", "\(comparison.acknowledged)"),
            ("watched_seconds", "\(comparison.seconds)"),
            ("served_anew", "\(comparison.isServedAnew)"),
        ])
    }

    private static func experience(_ experience: Experience) -> String {
        object([
            ("decision", JSONText.quoted(experience.decision.rawValue)),
            ("reason", experience.reason.map(JSONText.quoted) ?? "null"),
            ("alert", experience.alert.map { "\($0)" } ?? "null"),
        ])
    }

    private static func delivery(_ delivery: SceneResult.Delivery) -> String {
        object([
            ("platform", JSONText.quoted(delivery.platform)),
            ("octets", "\(delivery.octets)"),
            ("byte_equal", "\(delivery.content == .asSent)"),
        ])
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(JSONText.quoted($0)):\($1)" }.joined(separator: ",") + "}"
    }

    private static func milliseconds(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

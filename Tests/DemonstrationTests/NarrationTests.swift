import Demonstration
import Foundation
import Testing

@Suite("The demonstration is told to people and to scripts")
struct NarrationTests {
    @Test("JSON: one object a scene, then the summary")
    func json() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(report: audience.report)
        let lines = audience.json.split(separator: "\n")
        let objects = try lines.map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
        #expect(objects.dropLast().map { $0["scene"] as? String } == Scene.all.map(\.name))
        for (object, scene) in zip(objects, Scene.all) {
            let expected = try #require(object["expected"] as? [String: Any])
            let observed = try #require(object["observed"] as? [String: Any])
            #expect(expected["decision"] as? String == scene.told.decision.rawValue)
            #expect(observed["reason"] as? String == scene.told.reason)
            #expect(observed["alert"] as? Int == scene.told.alert.map { Int($0) })
            #expect(object["device"] as? String == scene.member.name)
            #expect(object["passed"] as? Bool == true)
            #expect(object["milliseconds"] is NSNumber)
        }
        let summary = try #require(objects.last)
        #expect(summary["passed"] as? Bool == true)
        #expect(summary["scenes"] as? Int == Scene.all.count)
        #expect(summary["stray_connections"] as? Int == 0)
    }

    @Test("Plain text has no escape codes and fits 120 columns; coloured text is the same beneath its colours")
    func styles() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(report: audience.report)
        let plain = audience.text(.plain)
        #expect(!plain.unicodeScalars.contains("\u{1b}"))
        for line in plain.split(separator: "\n") { #expect(line.count <= 120, "\(line)") }
        let coloured = audience.text(.coloured)
        #expect(coloured.contains("\u{1b}["))
        #expect(coloured.replacing(/\u{1b}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("It says what is real and what is simulated, and shows each alert as the device read it")
    func words() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(report: audience.report)
        let text = audience.text(.plain)
        for word in [
            "real ", "simulated ", "44 certificate_revoked", "48 unknown_ca", "116 certificate_required",
            "45 certificate_expired", "46 certificate_unknown", "0 close_notify", "22 of 22 scenes ended as told",
        ] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test(
        "Colours are for terminals whose owner does not refuse them",
        arguments: [
            (TextStyle.Output.terminal, nil, "xterm", TextStyle.coloured),
            (.terminal, "", "xterm", .coloured),
            (.terminal, "1", "xterm", .plain),
            (.terminal, nil, "dumb", .plain),
            (.other, nil, "xterm", .plain),
        ] as [(TextStyle.Output, String?, String?, TextStyle)]
    )
    func suited(output: TextStyle.Output, noColor: String?, term: String?, expected: TextStyle) {
        #expect(TextStyle.suited(to: output, noColor: noColor, term: term) == expected)
    }
}

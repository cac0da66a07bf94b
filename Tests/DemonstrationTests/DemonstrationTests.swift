import Demonstration
import Foundation
import Synchronization
import Testing

@Suite("The demonstration shows what it tells")
struct DemonstrationTests {
    @Test("Every scene ends as told, within ten seconds, and nothing of a refused device arrives")
    func endsAsTold() async throws {
        let audience = Audience()
        let summary = try await Demonstration.run(report: audience.report)
        #expect(audience.results.map(\.scene.name) == Scene.all.map(\.name))
        for result in audience.results {
            #expect(result.observed == result.scene.told, "\(result.scene.name)")
            #expect(result.objections == [], "\(result.scene.name)")
        }
        #expect(summary.passed)
        #expect(summary.strayConnections == 0)
        #expect(summary.strayOctets == 0)
        #expect(summary.milliseconds < 10_000)
    }

    @Test("What admitted devices send arrives byte for byte; of refused ones nothing does")
    func deliveries() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(report: audience.report)
        let octets = Dictionary(uniqueKeysWithValues: audience.results.map { ($0.scene.name, $0.delivery?.octets) })
        #expect(octets["admitted-imaging"] == 2 << 20)
        for result in audience.results {
            switch result.scene.told.decision {
            case .admitted, .kept: #expect(result.delivery?.content == .asSent, "\(result.scene.name)")
            case .refused: #expect(result.delivery == nil, "\(result.scene.name)")
            case .cut, .failed: #expect(result.delivery != nil, "\(result.scene.name)")
            }
        }
    }

    @Test("Without the revocation check exactly the scenes of revocation fail, and say so")
    func withoutRevocation() async throws {
        let audience = Audience()
        let summary = try await Demonstration.run(.init(revocation: .unchecked), report: audience.report)
        let failed = audience.results.filter { !$0.passed }
        #expect(failed.map(\.scene.name) == ["revoked", "cut-while-streaming", "refused-reconnect"])
        #expect(failed.map(\.observed.decision) == [.admitted, .kept, .admitted])
        #expect(!summary.passed)
        #expect(summary.strayConnections == 2)
        #expect(summary.strayOctets > 0)
        let text = audience.text(.plain)
        #expect(text.contains("NOT AS TOLD: expected refused, revoked, alert 44 certificate_revoked"))
        #expect(text.contains("observed admitted, admitted, no alert"))
        #expect(text.contains("19 of 22 scenes ended as told"))
    }

    @Test("Beside nginx: the same revocation leaves the session there alone, and refuses the device only when it comes anew")
    func beside() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(.init(peer: .nginx), report: audience.report)
        let comparison = try #require(audience.comparison)
        #expect(comparison.peer.hasPrefix("nginx 1."))
        #expect(comparison.sessionLivesOn && comparison.acknowledged > 20 && !comparison.isServedAnew)
        #expect(audience.text(.plain).contains("its session lives on"))
        #expect(audience.json.contains("\"session_lives_on\":true"))
    }

    @Test("Its files are gone afterwards")
    func leavesNothing() async throws {
        let audience = Audience()
        _ = try await Demonstration.run(report: audience.report)
        let playbill = try #require(audience.playbill)
        #expect(!FileManager.default.fileExists(atPath: playbill.directory))
    }

    @Test("Cancelled while the gateway serves, it ends and leaves nothing", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let audience = Audience()
        let (reloads, _) = AsyncStream<Void>.makeStream()
        let running = Task { try await Demonstration.run(ending: .serving(reloads: reloads), report: audience.report) }
        while !audience.isServing { try await Task.sleep(for: .milliseconds(5)) }
        let playbill = try #require(audience.playbill)
        #expect(FileManager.default.fileExists(atPath: playbill.configurationFile))
        running.cancel()
        #expect(try await running.value.passed)
        #expect(!FileManager.default.fileExists(atPath: playbill.directory))
    }
}

/// Keeps what is told.
final class Audience: Sendable {
    private let events = Mutex<[DemonstrationEvent]>([])

    var report: @Sendable (DemonstrationEvent) -> Void { { event in self.events.withLock { $0.append(event) } } }

    var results: [SceneResult] {
        events.withLock { $0 }.compactMap { event in if case .ended(let result) = event { result } else { nil } }
    }

    var comparison: PeerComparison? {
        events.withLock { $0 }.compactMap { event in if case .compared(let comparison) = event { comparison } else { nil } }.first
    }

    var playbill: Playbill? {
        events.withLock { $0 }.compactMap { event in if case .opened(let playbill) = event { playbill } else { nil } }.first
    }

    var isServing: Bool {
        events.withLock { $0 }.contains { event in if case .serving = event { true } else { false } }
    }

    func text(_ style: TextStyle) -> String {
        var narration = Narration(style)
        return events.withLock { $0 }.map { narration.text(for: $0) }.joined()
    }

    var json: String { events.withLock { $0 }.compactMap(SceneJSON.text).joined() }
}

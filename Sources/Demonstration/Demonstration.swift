import EventLoop

/// Whether the demonstration's gateway asks revocation lists. It does; a test takes that away and sees scenes fail.
package enum RevocationChecking: Sendable { case checked, unchecked }

/// What the audience is told, in this order.
package enum DemonstrationEvent: Sendable {
    case opened(Playbill)
    case ended(SceneResult)
    case finished(DemonstrationSummary)
    case compared(PeerComparison)
    /// The scenes are over and the gateway serves on.
    case serving(Playbill)
    /// While it serves: a line that a platform received, and a line of the gateway's log.
    case received(platform: String, line: String)
    case logged(message: String, fields: [String: String])
}

/// The whole demonstration: a gateway as in production, and scenes that show who is admitted, refused and cut, and why.
package enum Demonstration {
    package struct Settings: Sendable {
        package var revocation = RevocationChecking.checked
        /// Nil: the system chooses ports.
        package var portBase: UInt16?
        /// Whom the same revocation is shown at, after the scenes.
        package var peer: Peer?

        package init(portBase: UInt16? = nil, peer: Peer? = nil, revocation: RevocationChecking = .checked) {
            self.portBase = portBase
            self.peer = peer
            self.revocation = revocation
        }

        /// Ports from `portBase` upwards that are listened on.
        package static let portCount = UInt16(PortPlan.allCases.count)
    }

    package enum Peer: String, CaseIterable, Sendable { case nginx }

    /// What happens after the last scene.
    package enum Ending: Sendable {
        case atOnce
        /// The gateway serves until the task is cancelled, and reloads for each element.
        case serving(reloads: AsyncStream<Void>)
    }

    /// Shows everything and leaves nothing behind. Cancel the task to end it early.
    package static func run(
        _ settings: Settings = Settings(), ending: Ending = .atOnce, report: @escaping @Sendable (DemonstrationEvent) -> Void
    ) async throws(DemonstrationFailure) -> DemonstrationSummary {
        let stage = try await Stage(settings)
        let playbill = await stage.playbill
        report(.opened(playbill))
        let outcome: Result<DemonstrationSummary, DemonstrationFailure>
        do throws(DemonstrationFailure) { outcome = try await Performance(stage, report: report).play() } catch {
            outcome = .failure(error)
        }
        if case .success(let summary) = outcome {
            report(.finished(summary))
            if settings.peer == .nginx, !Task.isCancelled {
                do throws(DemonstrationFailure) { report(.compared(try await compare(stage))) } catch {
                    await stage.strike()
                    throw error
                }
            }
            if case .serving(let reloads) = ending, !Task.isCancelled {
                report(.serving(playbill))
                await serve(stage, reloads, report)
            }
        }
        await stage.strike()
        return try outcome.get()
    }

    /// On a thread that may wait.
    private static func compare(_ stage: Stage) async throws(DemonstrationFailure) -> PeerComparison {
        let outcome = await withCheckedContinuation { continuation in
            _ = LoopThread.spawn(name: "comparison") {
                let result = Result { () throws(DemonstrationFailure) in try PeerComparison.withNginx(stage) }
                continuation.resume(returning: result)
            }
        }
        return try outcome.get()
    }

    /// Between two readings of the device that streams while the gateway serves.
    private static let readingMilliseconds: Int32 = 2_000

    private static func serve(
        _ stage: Stage, _ reloads: AsyncStream<Void>, _ report: @escaping @Sendable (DemonstrationEvent) -> Void
    ) async {
        stage.ledger.follow { report(.received(platform: $0, line: $1)) }
        stage.log.follow { report(.logged(message: $0.message, fields: $0.fields)) }
        guard let device = try? stage.device(.monitor, at: .telemetry) else { return }
        let loop = RepeatedStream(device, pauseMilliseconds: readingMilliseconds)
        loop.start()
        for await _ in reloads {
            await withCheckedContinuation { continuation in
                _ = LoopThread.spawn(name: "reload") {
                    stage.gateway.reload()
                    continuation.resume()
                }
            }
        }
        loop.stop()
    }
}

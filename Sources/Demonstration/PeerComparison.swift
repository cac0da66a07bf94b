import EventLoop

/// What became of a revoked device's session at a peer.
package struct PeerComparison: Sendable {
    package let peer: String
    /// Readings that were acknowledged in ``seconds`` after the peer was told of the new list.
    package let acknowledged: Int
    package let seconds: Double
    package let sessionLivesOn: Bool
    /// Whether the device could connect anew afterwards.
    package let isServedAnew: Bool

    /// Long enough for its old workers to end, if they would.
    private static let watchedSeconds = 2.0
    private static let readings = 20
    private static let patienceSeconds = 3.0

    /// A device streams through nginx, is revoked, and nginx reloads.
    static func withNginx(_ stage: Stage) throws(DemonstrationFailure) -> PeerComparison {
        let nginx = try NginxPeer(in: stage.directory, platform: stage.telemetryAddress)
        defer { nginx.stop() }
        let device = try stage.device(.comparedPump, at: nginx.address)
        let stream = StreamingDevice(device)
        stream.start()
        defer { stream.stop() }
        guard Patience.wait(seconds: patienceSeconds, until: { stream.progress.acknowledged >= readings }) else {
            throw .peer("nginx", "no device can stream through it")
        }
        do { try stage.pki.revoke(.comparedPump) } catch { throw .pki(error) }
        try nginx.reload()
        let before = stream.progress.acknowledged
        let hasEnded = Patience.wait(seconds: watchedSeconds) { stream.progress.end != nil }
        let after = stream.progress.acknowledged
        // nginx refuses with a clean end and no alert: only an answer is one.
        var isServedAnew = false
        if case .answered(let answer) = device.deliver(Telemetry.reading(of: .comparedPump, number: 1)).outcome {
            isServedAnew = !answer.isEmpty
        }
        return PeerComparison(
            peer: "nginx \(nginx.version)", acknowledged: after - before, seconds: watchedSeconds,
            sessionLivesOn: !hasEnded && after > before, isServedAnew: isServedAnew)
    }
}

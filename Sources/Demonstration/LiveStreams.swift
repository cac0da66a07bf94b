import EventLoop
import LabPKI
import Synchronization

/// Devices that stream while a right ends: one loses it, and its neighbour, if it has one, does not.
final class LiveStreams: Sendable {
    /// Readings of each that must have been acknowledged before one is revoked, and of the other one after that.
    private static let readings = 20
    /// An end that has not come by then does not come. It takes milliseconds.
    private static let patienceSeconds = 3.0

    private let stage: Stage
    /// Streams from the first revocation on.
    private let monitor: StreamingDevice
    private let started = Mutex<[StreamingDevice]>([])

    init(_ stage: Stage) throws(DemonstrationFailure) {
        self.stage = stage
        monitor = StreamingDevice(try stage.device(.streamingMonitor, at: .telemetry))
    }

    /// Starts the scene's streams, ends the right of its device, and waits for what that one reads.
    func cut(_ scene: Scene, _ ending: Scene.RightEnding) throws(DemonstrationFailure) -> SceneResult {
        let (logMark, ledgerMark) = (stage.log.mark, stage.ledger.mark)
        let device = StreamingDevice(try stage.device(scene.member, at: scene.port))
        let streams = ending == .revoked ? [device, monitor] : [device]
        started.withLock { $0 += streams }
        for stream in streams { stream.start() }
        var objections: [String] = []
        let allStream = Patience.wait(seconds: Self.patienceSeconds) {
            streams.allSatisfy { $0.progress.acknowledged >= Self.readings }
        }
        if !allStream { objections.append("a device could not stream") }

        let published = try end(ending, scene.member, &objections)
        let hasEnded = Patience.wait(seconds: Self.patienceSeconds) { device.progress.end != nil }
        let progress = device.progress

        let decision: Experience.Decision
        var alert: UInt8?
        switch progress.end {
        case nil: decision = .kept
        case .closeNotify: (decision, alert) = (.cut, 0)
        case .alert(let code): (decision, alert) = (.cut, code)
        case .endOfFile: decision = .cut
        case .asAsked, .failed: decision = .failed
        }
        let line = hasEnded ? stage.log.line(after: logMark, seconds: Self.patienceSeconds) { Self.isCut($0, scene.member) } : nil
        let milliseconds = Patience.milliseconds(since: published, to: hasEnded ? progress.endedAt : MonotonicClock.nanoseconds())
        let own = stage.log.lines(after: logMark) { $0.message == "snapshot applied" && $0.fields["cut"] == "1" }.first
        var remarks = ["\(progress.acknowledged) of its readings had been acknowledged"]
        if hasEnded {
            let clock = own?.fields["milliseconds"].map { " (gateway's own clock, snapshot to cut: \($0) ms)" } ?? ""
            remarks.insert("it read the end \(Self.text(milliseconds)) ms after \(ending.act)\(clock)", at: 0)
        }
        return SceneResult(
            scene: scene,
            observed: Experience(decision: decision, reason: hasEnded ? line?.fields["reason"] : "admitted", alert: alert),
            milliseconds: milliseconds,
            delivery: delivery(of: device, after: ledgerMark),
            remarks: remarks,
            objections: objections
        )
    }

    /// - Returns: when the gateway was told.
    private func end(
        _ ending: Scene.RightEnding, _ member: CastMember, _ objections: inout [String]
    ) throws(DemonstrationFailure) -> UInt64 {
        switch ending {
        case .revoked:
            do { try stage.pki.revoke(member) } catch { throw .pki(error) }
            let published = MonotonicClock.nanoseconds()
            if case .failure(let failure) = stage.gateway.reload() { objections.append("the reload failed: \(failure)") }
            return published
        case .retired:
            let told = MonotonicClock.nanoseconds()
            try Operator(stage: stage).retire(member)
            return told
        }
    }

    /// Sees the monitor stream on for a while, and everything that it sent arrive.
    func keep(_ scene: Scene) -> SceneResult {
        let start = MonotonicClock.nanoseconds()
        let before = monitor.progress.acknowledged
        var objections: [String] = []
        let goesOn = Patience.wait(seconds: Self.patienceSeconds) {
            monitor.progress.acknowledged >= before + Self.readings || monitor.progress.end != nil
        }
        let wasOpen = monitor.progress.end == nil
        monitor.stop()
        _ = Patience.wait(seconds: Self.patienceSeconds) { monitor.progress.end != nil }
        if !goesOn { objections.append("no reading was acknowledged any more") }
        let progress = monitor.progress
        var alert: UInt8?
        var decision = Experience.Decision.cut
        switch progress.end {
        case .asAsked: decision = .kept
        case .alert(let code): alert = code
        case .closeNotify: alert = 0
        case nil, .endOfFile: objections.append("its session did not end as it asked")
        case .failed(let cause):
            decision = .failed
            objections.append(cause)
        }
        if !wasOpen { objections.append("its stream ended with the other one's") }
        let cut = stage.log.lines { Self.isCut($0, scene.member) }.first
        let reason = cut.map { $0.fields["reason"] ?? "none" } ?? "admitted"
        let delivery = delivery(of: monitor, after: 0)
        if delivery?.content != .asSent { objections.append("what arrived is not what was sent") }
        return SceneResult(
            scene: scene,
            observed: Experience(decision: decision, reason: reason, alert: alert),
            milliseconds: Patience.milliseconds(since: start),
            delivery: delivery,
            remarks: ["\(progress.acknowledged) readings were acknowledged, \(progress.acknowledged - before) after the cut"],
            objections: objections
        )
    }

    func stop() {
        for stream in started.withLock({ $0 }) { stream.stop() }
    }

    private static func isCut(_ line: DecisionLog.Line, _ member: CastMember) -> Bool {
        line.message == "session cut" && line.fields["device"] == member.identity
    }

    /// A stream's connection is known by what it says.
    private func delivery(of stream: StreamingDevice, after mark: Int) -> SceneResult.Delivery? {
        let member = stream.device.member
        let first = Telemetry.reading(of: member, number: 1)
        let connection = stage.ledger.connections.dropFirst(mark).first { $0.octets.starts(with: first) }
        return connection.map { Performance.delivery($0, of: Telemetry.readings(of: member, count: stream.progress.sent)) }
    }

    static func text(_ milliseconds: Double) -> String {
        let tenths = Int((milliseconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Scene.RightEnding {
    fileprivate var act: String {
        switch self {
        case .revoked: "the new CRL was published"
        case .retired: "it was retired"
        }
    }
}

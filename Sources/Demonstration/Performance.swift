import EventLoop
import LabPKI
import PKITypes
import Synchronization
import TLSStream

/// The scenes, one after the other, on one thread that may wait.
final class Performance: Sendable {
    /// How long the gateway's log may take to say what a device has read already.
    private static let logSeconds = 3.0

    private let stage: Stage
    private let report: @Sendable (DemonstrationEvent) -> Void
    private let live: LiveStreams
    private let isCancelled = Atomic<Bool>(false)
    /// The connections to platforms that scenes tell of.
    private let claimed = Mutex<Set<Int>>([])
    /// What devices may come back with.
    private let sessions = Mutex<[CastMember: TLSSession]>([:])

    init(_ stage: Stage, report: @escaping @Sendable (DemonstrationEvent) -> Void) throws(DemonstrationFailure) {
        self.stage = stage
        self.report = report
        live = try LiveStreams(stage)
    }

    /// Plays on a thread of its own. Cancelled, it ends after the scene that runs.
    func play() async -> Result<DemonstrationSummary, DemonstrationFailure> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                _ = LoopThread.spawn(name: "scenes") { [self] in
                    continuation.resume(returning: Result(catching: { () throws(DemonstrationFailure) in try playAll() }))
                }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .releasing)
        }
    }

    private func playAll() throws(DemonstrationFailure) -> DemonstrationSummary {
        let start = MonotonicClock.nanoseconds()
        var results: [SceneResult] = []
        defer { live.stop() }
        for scene in Scene.all where !isCancelled.load(ordering: .acquiring) {
            let result = try play(scene)
            results.append(result)
            report(.ended(result))
        }
        let told = claimed.withLock { $0 }
        let connections = stage.ledger.connections
        let stray = connections.indices.filter { !told.contains($0) }
        return DemonstrationSummary(
            results: results,
            strayConnections: stray.count,
            strayOctets: stray.reduce(0) { $0 + connections[$1].count },
            deliveredConnections: told.count,
            milliseconds: Patience.milliseconds(since: start)
        )
    }

    private func play(_ scene: Scene) throws(DemonstrationFailure) -> SceneResult {
        switch scene.action {
        case .deliver(let payload, let change):
            if let change { try Operator(stage: stage).perform(change, on: scene.member) }
            return try deliver(payload(scene.member), scene, .fullHandshake)
        case .resume(let payload):
            try fetchSession(scene)
            return try deliver(payload(scene.member), scene, .resumption)
        case .streamUntil(let ending):
            let mark = stage.ledger.mark
            let result = try live.cut(scene, ending)
            // Its streams began in it.
            claimed.withLock { $0.formUnion(mark..<stage.ledger.mark) }
            return result
        case .streamOn: return live.keep(scene)
        }
    }

    /// A credential's first use leaves no session: a visit after it does.
    private func fetchSession(_ scene: Scene) throws(DemonstrationFailure) {
        guard sessions.withLock({ $0[scene.member] == nil }) else { return }
        let mark = stage.ledger.mark
        let visit = try stage.device(scene.member, at: scene.port).deliver(Telemetry.reading(of: scene.member, number: 1))
        claimed.withLock { $0.formUnion(mark..<stage.ledger.mark) }
        sessions.withLock { $0[scene.member] = visit.session }
    }

    private enum Arrival { case fullHandshake, resumption }

    private func deliver(
        _ octets: [UInt8], _ scene: Scene, _ arrival: Arrival
    ) throws(DemonstrationFailure) -> SceneResult {
        let device = try stage.device(scene.member, at: scene.port)
        let (logMark, ledgerMark) = (stage.log.mark, stage.ledger.mark)
        let session = arrival == .resumption ? sessions.withLock { $0[scene.member] } : nil
        let start = MonotonicClock.nanoseconds()
        let visit = device.deliver(octets, resuming: session)
        let milliseconds = Patience.milliseconds(since: start)
        if let session = visit.session { sessions.withLock { $0[scene.member] = session } }
        let line = stage.log.line(after: logMark, seconds: Self.logSeconds) { ["admitted", "refused"].contains($0.message) }

        var objections: [String] = []
        if arrival == .resumption, session == nil { objections.append("it had no session to come back with") }
        if visit.isResumed != (arrival == .resumption && scene.told.decision == .admitted) {
            objections.append(visit.isResumed ? "it went on from its session" : "it could not go on from its session")
        }
        let (decision, alert) = Self.reading(visit.outcome, of: octets.count, &objections)
        // An admission is its own reason.
        let reason = line.map { $0.message == "admitted" ? "admitted" : $0.fields["reason"] ?? "none" }
        if let line, line.message != decision.rawValue {
            objections.append("the gateway's log says \(line.message), the device was \(decision.rawValue)")
        }
        let arrived = Array(stage.ledger.connections[ledgerMark...])
        let delivery = arrived.last.map { Self.delivery($0, of: octets) }
        switch scene.told.decision {
        case .admitted, .cut, .kept:
            claimed.withLock { $0.formUnion(ledgerMark..<(ledgerMark + arrived.count)) }
            if arrived.count != 1 { objections.append("\(arrived.count) connections reached a platform, expected 1") }
            if delivery?.content == .different { objections.append("what arrived is not what was sent") }
        case .refused, .failed:
            if let delivery { objections.append("\(delivery.octets) octets reached the \(delivery.platform), expected none") }
        }
        return SceneResult(
            scene: scene, observed: Experience(decision: decision, reason: reason, alert: alert), milliseconds: milliseconds,
            delivery: delivery, remarks: [], objections: objections
        )
    }

    private static func reading(
        _ outcome: SimulatedDevice.Outcome, of count: Int, _ objections: inout [String]
    ) -> (Experience.Decision, alert: UInt8?) {
        switch outcome {
        // A refusal after the handshake: OpenSSL sends no other alert then.
        case .answered(let answer) where answer.isEmpty: return (.refused, TLSAlert.closeNotify.rawValue)
        case .answered(let answer):
            let receipt = PrintingUpstream.receipt(for: count)
            if !answer.suffix(receipt.count).elementsEqual(receipt) {
                objections.append("the platform's answer did not come back whole")
            }
            return (.admitted, nil)
        case .alert(let code): return (.refused, code)
        case .failed(let cause):
            objections.append(cause)
            return (.failed, nil)
        }
    }

    static func delivery(_ connection: ReceivedLedger.Connection, of sent: [UInt8]) -> SceneResult.Delivery {
        let firstLine = connection.octets.prefix { $0 != UInt8(ascii: "\n") }
        let isText = !firstLine.isEmpty && firstLine.allSatisfy { (0x20...0x7e).contains($0) }
        return SceneResult.Delivery(
            platform: connection.platform,
            octets: connection.count,
            content: connection.octets == sent ? .asSent : .different,
            excerpt: isText ? PrintableText.line(firstLine) : nil
        )
    }
}

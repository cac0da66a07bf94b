import EventLoop
import Synchronization
import TLSOrigination

/// A simulated device that sends one reading after the other, waiting for each acknowledgement, on a thread of its own.
final class StreamingDevice: Sendable {
    /// How its session ended, as the device read it.
    enum End: Hashable, Sendable {
        /// It was told to stop, said so, and was answered to the end.
        case asAsked
        case closeNotify
        case alert(UInt8)
        /// The transport ended without a word.
        case endOfFile
        case failed(String)
    }

    struct Progress: Sendable {
        var sent = 0
        var acknowledged = 0
        var end: End?
        /// Of the monotonic clock, when it read the end.
        var endedAt: UInt64 = 0
    }

    let device: SimulatedDevice
    private let pauseMilliseconds: Int32
    private let state = Mutex(Progress())
    private let isAskedToStop = Atomic<Bool>(false)

    /// - Parameter pauseMilliseconds: between a reading's acknowledgement and the next reading, beside the platform's own pace.
    init(_ device: SimulatedDevice, pauseMilliseconds: Int32 = 0) {
        self.device = device
        self.pauseMilliseconds = pauseMilliseconds
    }

    var progress: Progress { state.withLock { $0 } }

    func start() { _ = LoopThread.spawn(name: "device") { [self] in run() } }

    /// After the reading that is on its way.
    func stop() { isAskedToStop.store(true, ordering: .releasing) }

    /// Connects and streams until the end, which it returns. Waits.
    @discardableResult
    func run() -> End {
        let end: End
        do throws(TLSClient.Failure) { end = try stream(over: try device.connect()) } catch {
            end = if case .alert(let code) = error { .alert(code) } else { .failed(error.description) }
        }
        let now = MonotonicClock.nanoseconds()
        state.withLock { ($0.end, $0.endedAt) = (end, now) }
        return end
    }

    private func stream(over client: TLSClient) throws(TLSClient.Failure) -> End {
        while !isAskedToStop.load(ordering: .acquiring) {
            let number = state.withLock { state in
                state.sent += 1
                return state.sent
            }
            try client.send(Telemetry.reading(of: device.member, number: number))
            var awaited = PrintingUpstream.acknowledgement.count
            while awaited > 0 {
                switch try client.receive(limit: awaited) {
                case .octets(let octets): awaited -= octets.count
                case .closeNotify: return .closeNotify
                case .endOfFile: return .endOfFile
                }
            }
            state.withLock { $0.acknowledged += 1 }
            if pauseMilliseconds > 0 { Patience.pause(milliseconds: pauseMilliseconds) }
        }
        client.sendCloseNotify()
        let (answer, end) = try client.receiveAll()
        let count = Telemetry.readings(of: device.member, count: progress.sent).count
        return end == .closeNotify && answer == PrintingUpstream.receipt(for: count) ? .asAsked : .failed("its receipt is wrong")
    }
}

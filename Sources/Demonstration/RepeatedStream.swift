import EventLoop
import Synchronization

/// A device that streams until it is told to stop, and connects again when it is cut: what a visitor has to play with.
final class RepeatedStream: Sendable {
    private let device: SimulatedDevice
    private let pauseMilliseconds: Int32
    private let isStopped = Atomic<Bool>(false)

    /// - Parameter pauseMilliseconds: between readings, and before connecting again.
    init(_ device: SimulatedDevice, pauseMilliseconds: Int32) {
        self.device = device
        self.pauseMilliseconds = pauseMilliseconds
    }

    func start() {
        _ = LoopThread.spawn(name: "device") { [self] in
            while !isStopped.load(ordering: .acquiring) {
                StreamingDevice(device, pauseMilliseconds: pauseMilliseconds).run()
                Patience.pause(milliseconds: pauseMilliseconds)
            }
        }
    }

    /// Its thread ends with the gateway's connection.
    func stop() { isStopped.store(true, ordering: .releasing) }
}

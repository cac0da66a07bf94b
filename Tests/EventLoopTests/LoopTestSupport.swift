import EventLoop
import Testing

/// Ends a test's loop after a while and says so, instead of letting the test hang.
final class Watchdog: TimerHandler {
    private let loop: EventLoop
    private lazy var timer = Timer(loop: loop, handler: self)

    init(_ loop: EventLoop, seconds: Double = 10) {
        self.loop = loop
        timer.start(afterSeconds: seconds)
    }

    func fired(_ timer: Timer) {
        Issue.record("the loop was still running when the watchdog fired")
        loop.stop()
    }
}

/// Hands every callback to a closure.
final class ReadinessProbe: ReadinessHandler {
    private(set) var calls = 0
    var onReady: (_ watcher: IOWatcher, _ readable: Bool, _ writable: Bool) -> Void

    init(onReady: @escaping (IOWatcher, Bool, Bool) -> Void = { _, _, _ in }) { self.onReady = onReady }

    func ready(_ watcher: IOWatcher, readable: Bool, writable: Bool) {
        calls += 1
        onReady(watcher, readable, writable)
    }
}

/// Hands every callback to a closure.
final class TimerProbe: TimerHandler, IdleTimerHandler {
    private(set) var calls = 0
    var onFired: () -> Void = {}

    func fired(_ timer: Timer) { note() }
    func idleLimitReached(_ timer: IdleTimer) { note() }

    private func note() {
        calls += 1
        onFired()
    }
}

/// Two ends of a TCP connection over loopback.
final class ConnectedPair {
    let near: OwnedDescriptor
    let far: OwnedDescriptor
    /// The near end as the far end's accept told it.
    let peer: SocketAddress

    /// - Parameter address: takes connections to loopback.
    init(listeningOn address: SocketAddress = loopback()) throws {
        let listener = try #require(try ListeningSocket.open(address: address, count: 1).first)
        let destination = loopback(port: listener.address.port ?? 0)
        let near = try SystemCall.streamSocket(for: destination)
        _ = try SystemCall.connect(near.raw, to: destination)
        for _ in 0..<1000 {
            switch listener.accept() {
            case .connection(let far, let peer):
                self.near = near
                self.far = far
                self.peer = peer
                return
            case .wouldBlock: pause(milliseconds: 1)
            case .aborted: throw SystemCallFailure(call: "accept", errno: 0)
            case .exhausted(let errno): throw SystemCallFailure(call: "accept", errno: errno)
            }
        }
        throw SystemCallFailure(call: "accept", errno: 11)
    }
}

func loopback(port: UInt16 = 0) -> SocketAddress {
    guard let address = SocketAddress(ip: "127.0.0.1", port: port) else { preconditionFailure("127.0.0.1 is an address") }
    return address
}

@discardableResult
func send(_ text: String, to descriptor: Int32) -> IOResult {
    Array(text.utf8).withUnsafeBytes { SystemCall.write(descriptor, $0) }
}

/// Reads once; the bytes are in `text`.
func receive(from descriptor: Int32, limit: Int = 1024) -> (result: IOResult, text: String) {
    var buffer = [UInt8](repeating: 0, count: limit)
    let result = buffer.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0) }
    guard case .bytes(let count) = result else { return (result, "") }
    return (result, String(decoding: buffer.prefix(count), as: UTF8.self))
}

/// Reads once there is something, or after 5 seconds.
func receiveSoon(from descriptor: Int32) -> (result: IOResult, text: String) {
    for _ in 0..<5000 {
        let received = receive(from: descriptor)
        if received.result != .wouldBlock { return received }
        pause(milliseconds: 1)
    }
    return (.wouldBlock, "")
}

import EventLoop

/// Asks the kernel of a live session's device for a sign of life: TCP keepalives, which a device that lives acknowledges
/// whatever its program does, and which one that was switched off does not, or resets once it is back (RFC 9293 §3.8.4).
final class LifeProbe: TimerHandler {
    /// Three probes, a second apart (the kernel's finest), before nobody is believed to be there.
    static let limitSeconds = 3.0
    /// Between two looks: several round trips of a hospital's network.
    private static let lookSeconds = 0.04
    /// The kernel counts in ticks of 4 to 10 ms: what came just before the probe must not look like an answer to it.
    static let toleranceMilliseconds = 15.0

    private unowned let connection: DeviceConnection
    private var begunAt: UInt64?
    private lazy var look = Timer(loop: connection.worker.loop, handler: self)

    init(_ connection: DeviceConnection) { self.connection = connection }

    func begin() {
        guard begunAt == nil else { return }
        guard isOpen else { return tell(.dead) }
        // The kernel tells of the end of whoever is on this machine.
        guard connection.peer.ipOctets != nil else { return tell(.alive) }
        begunAt = connection.worker.loop.monotonicNanoseconds
        let keepAlive = SocketOption.keepAlive(idleSeconds: 1, intervalSeconds: 1, count: 3)
        // Once to turn it on and once more, for a socket that has it: only then the next probe is due at once.
        for _ in 1...2 { try? keepAlive.apply(to: connection.descriptor) }
        look.start(afterSeconds: Self.lookSeconds)
    }

    /// Nobody asks any more.
    func cancel() {
        guard begunAt != nil else { return }
        begunAt = nil
        look.stop()
    }

    func fired(_ timer: Timer) {
        guard let begunAt else { return }
        let elapsed = Double(connection.worker.loop.monotonicNanoseconds - begunAt) / 1e6
        switch isOpen ? Self.sign(in: PeerLife(of: connection.descriptor), afterMilliseconds: elapsed) : .dead {
        case .some(let sign):
            cancel()
            restore()
            tell(sign)
        case .none: look.start(afterSeconds: Self.lookSeconds)
        }
    }

    /// Nil: it is too early to tell.
    static func sign(in life: PeerLife?, afterMilliseconds elapsed: Double) -> SignOfLife? {
        guard let life, life.isEstablished else { return .dead }
        if Double(life.silentMilliseconds) + toleranceMilliseconds < elapsed { return .alive }
        return elapsed >= limitSeconds * 1000 ? .dead : nil
    }

    private var isOpen: Bool {
        switch connection.phase {
        case .connecting: true
        case .relaying(let session): session.isRelaying && !session.deviceHasEnded
        case .handshaking, .confirming, .lingering, .closed: false
        }
    }

    private func restore() {
        try? SocketOption.noKeepAlive.apply(to: connection.descriptor)
        try? ConnectedSocket.configure(
            connection.descriptor, isTCP: true, deadPeerSeconds: connection.plan.timeouts.deadPeerSeconds)
    }

    private func tell(_ sign: SignOfLife) { connection.worker.tellClaims(.probed(connection.id, sign)) }
}

import EventLoop

/// Whether a live session's device is still there, as its kernel shows, whatever its program does.
///
/// What was heard since the newcomer connected is proof at once: a device that was switched off is not heard on its old
/// connection once it is back. What was heard just before proves nothing, however short the time. A device of which nothing was
/// heard since is asked with TCP keepalives, which it acknowledges when it lives, and resets once it is back (RFC 9293 §3.8.4,
/// §3.5.1).
///
/// Linux sends no keepalive before a connection was silent for a second, its least idle time: one that spoke just before the
/// newcomer came is asked no earlier. Nothing else that a process may send makes a peer's kernel answer and stays out of what the
/// programs read.
final class LifeProbe: TimerHandler {
    /// Three probes, a second apart (the kernel's finest), before nobody is believed to be there.
    static let limitSeconds = 3.0
    /// Between two looks: several round trips of a hospital's network.
    private static let lookSeconds = 0.04
    /// The kernel counts in ticks of 4 to 10 ms: what came just before must not look as if it came after.
    static let toleranceMilliseconds = 15.0

    private struct Question {
        /// By the monotonic clock, in nanoseconds.
        let askedAt: UInt64
        let silentMilliseconds: UInt32
    }

    private unowned let connection: DeviceConnection
    private var question: Question?
    private lazy var look = Timer(loop: connection.worker.loop, handler: self)

    init(_ connection: DeviceConnection) { self.connection = connection }

    /// - Parameter newcomer: when the one connected who asks, by the monotonic clock, in nanoseconds.
    func begin(heardSince newcomer: UInt64) {
        guard question == nil else { return }
        guard isOpen else { return tell(.dead) }
        // The kernel tells of the end of whoever is on this machine.
        guard connection.peer.ipOctets != nil else { return tell(.alive) }
        let life = PeerLife(of: connection.descriptor)
        if let sign = Self.sign(in: life, silentUnlessHeard: milliseconds(since: newcomer), asked: 0) { return tell(sign) }
        question = Question(
            askedAt: connection.worker.loop.monotonicNanoseconds, silentMilliseconds: life?.silentMilliseconds ?? 0)
        let keepAlive = SocketOption.keepAlive(idleSeconds: 1, intervalSeconds: 1, count: 3)
        // Once to turn it on and once more, for a socket that has it: only then the next probe is due at once.
        for _ in 1...2 { try? keepAlive.apply(to: connection.descriptor) }
        look.start(afterSeconds: Self.lookSeconds)
    }

    /// Nobody asks any more.
    func cancel() {
        guard question != nil else { return }
        question = nil
        look.stop()
    }

    func fired(_ timer: Timer) {
        guard let question else { return }
        let asked = milliseconds(since: question.askedAt)
        // An answer is told from what came before by the silence that it ends: on a fast network it comes as soon as it is asked.
        let sign = Self.sign(
            in: isOpen ? PeerLife(of: connection.descriptor) : nil,
            silentUnlessHeard: Double(question.silentMilliseconds) + asked, asked: asked)
        guard let sign else { return look.start(afterSeconds: Self.lookSeconds) }
        cancel()
        restore()
        tell(sign)
    }

    /// Nil: it is too early to tell.
    ///
    /// - Parameters:
    ///   - silence: milliseconds for which nothing would have been heard, had the device not given the sign.
    ///   - asked: milliseconds since it was asked for one.
    static func sign(in life: PeerLife?, silentUnlessHeard silence: Double, asked: Double) -> SignOfLife? {
        guard let life, life.isEstablished else { return .dead }
        if Double(life.silentMilliseconds) + toleranceMilliseconds < silence { return .alive }
        return asked >= limitSeconds * 1000 ? .dead : nil
    }

    private func milliseconds(since moment: UInt64) -> Double {
        let now = connection.worker.loop.monotonicNanoseconds
        return now > moment ? Double(now - moment) / 1e6 : 0
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

import EventLoop

/// Options that every relayed socket carries, towards devices and upstreams alike.
enum ConnectedSocket {
    /// Probes before a silent peer is given up.
    private static let probeCount: Int32 = 3

    /// - Parameter deadPeerSeconds: after so long without an answer of the peer's kernel the connection fails (RFC 5482).
    static func configure(_ descriptor: Int32, isTCP: Bool, deadPeerSeconds: Double?) throws(SystemCallFailure) {
        guard isTCP else { return }
        try SocketOption.noDelay.apply(to: descriptor)
        guard let deadPeerSeconds else { return }
        let interval = max(1, Int32(deadPeerSeconds) / (probeCount + 1))
        try SocketOption.keepAlive(idleSeconds: interval, intervalSeconds: interval, count: probeCount).apply(to: descriptor)
        try SocketOption.userTimeout(milliseconds: Int32(deadPeerSeconds * 1000)).apply(to: descriptor)
    }
}

import EventLoop

/// Options that every relayed socket carries, towards devices and upstreams alike.
enum ConnectedSocket {
    /// Probes before a silent peer is given up.
    private static let probeCount: Int32 = 3

    /// For all who are accepted from now on: they inherit what the listening socket has.
    static func configure(accepting socket: ListeningSocket, deadPeerSeconds: Double?) throws(SystemCallFailure) {
        guard socket.address.unixPath == nil else { return }
        if deadPeerSeconds == nil {
            // Of a configuration before.
            try SocketOption.noKeepAlive.apply(to: socket.descriptor)
            try SocketOption.userTimeout(milliseconds: 0).apply(to: socket.descriptor)
        }
        try configure(socket.descriptor, isTCP: true, deadPeerSeconds: deadPeerSeconds)
    }

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

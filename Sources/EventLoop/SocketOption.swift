import Glibc

/// A socket option that Pulsegate sets, with its value.
package enum SocketOption: Sendable {
    /// Small records leave at once instead of waiting for the ACK of the one before.
    case noDelay
    /// Binds although connections of an earlier process linger in TIME_WAIT.
    case reuseAddress
    /// Several listening sockets share one port.
    case reusePort
    /// A silent peer is probed after `idle` seconds, each `interval` seconds, and given up after `count` probes.
    case keepAlive(idleSeconds: Int32, intervalSeconds: Int32, count: Int32)
    /// Silence proves nothing.
    case noKeepAlive
    /// Sent bytes that stay unacknowledged for so long end the connection (RFC 5482 §1).
    case userTimeout(milliseconds: Int32)
    /// Closing sends RST and drops what was not sent.
    case resetOnClose
    case ipv6Only(Bool)

    package func apply(to descriptor: Int32) throws(SystemCallFailure) {
        switch self {
        case .noDelay: try set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        case .reuseAddress: try set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        case .reusePort: try set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1)
        case .keepAlive(let idle, let interval, let count):
            try set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, idle)
            try set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, interval)
            try set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, count)
            try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        case .noKeepAlive: try set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 0)
        case .userTimeout(let milliseconds): try set(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, milliseconds)
        case .resetOnClose: try set(descriptor, SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        case .ipv6Only(let only): try set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, only ? 1 : 0)
        }
    }

    private func set<Value: BitwiseCopyable>(
        _ descriptor: Int32, _ level: Int32, _ name: Int32, _ value: Value
    ) throws(SystemCallFailure) {
        try SystemCall.checked("setsockopt") {
            withUnsafePointer(to: value) { Int(setsockopt(descriptor, level, name, $0, socklen_t(MemoryLayout<Value>.size))) }
        }
    }
}

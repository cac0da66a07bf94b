import Glibc

/// What the kernel knows of a TCP peer's life.
package struct PeerLife: Equatable, Sendable {
    /// The peer has neither ended its direction nor reset the connection.
    package let isEstablished: Bool
    /// Since its last acknowledgement or octet.
    package let silentMilliseconds: UInt32

    package init(isEstablished: Bool, silentMilliseconds: UInt32) {
        self.isEstablished = isEstablished
        self.silentMilliseconds = silentMilliseconds
    }

    /// Nil for what is no TCP connection.
    package init?(of descriptor: Int32) {
        var facts = tcp_info()
        var length = socklen_t(MemoryLayout<tcp_info>.size)
        guard SystemCall.retrying({ Int(getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &facts, &length)) }) >= 0 else {
            return nil
        }
        // TCP_ESTABLISHED of <netinet/tcp.h>, an enumerator without a type of its own.
        isEstablished = facts.tcpi_state == 1
        silentMilliseconds = min(facts.tcpi_last_ack_recv, facts.tcpi_last_data_recv)
    }
}

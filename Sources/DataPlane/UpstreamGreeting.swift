import EventLoop
import PKITypes
import TLSStream
import WireProtocols

/// What an upstream is told of a device before its first octet.
enum UpstreamGreeting {
    static func octets(
        _ upstream: UpstreamPlan,
        device: SocketAddress,
        descriptor: Int32?,
        stream: TLSStream?,
        identity: DeviceIdentity?
    ) -> [UInt8] {
        []
    }
}

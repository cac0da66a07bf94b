import EventLoop
import PKITypes
import TLSStream
import WireProtocols

/// What an upstream is told of a device before its first octet.
enum UpstreamGreeting {
    /// Empty when the upstream is told nothing.
    static func octets(
        _ upstream: UpstreamPlan,
        device: SocketAddress,
        descriptor: Int32,
        stream: TLSStream?,
        identity: DeviceIdentity
    ) throws(PROXYHeaderFailure) -> [UInt8] {
        switch upstream.identity {
        case .none: return []
        case .proxyV2:
            var header = PROXYHeaderV2(route: route(from: device, to: try? SystemCall.localAddress(descriptor)))
            header.identity = identity.text
            if let stream {
                header.applicationProtocol = stream.applicationProtocol.map { Array($0.utf8) }
                header.tls = PROXYHeaderV2.TLSFacts(
                    proof: stream.isResumed ? .resumedSession : .thisConnection,
                    version: stream.version,
                    commonName: nil,
                    cipher: stream.cipherSuite
                )
            }
            return try header.encoded()
        }
    }

    private static func route(from device: SocketAddress, to local: SocketAddress?) -> PROXYHeaderV2.Route {
        if let source = endpoint(device), let destination = local.flatMap(endpoint) {
            return .tcp(source: source, destination: destination)
        }
        if let path = local?.unixPath {
            return .unixStream(source: Array((device.unixPath ?? "").utf8), destination: Array(path.utf8))
        }
        return .unspecified
    }

    private static func endpoint(_ address: SocketAddress) -> PROXYHeaderV2.Endpoint? {
        guard let octets = address.ipOctets, let port = address.port, let ip = IPAddress(octets: octets) else { return nil }
        return PROXYHeaderV2.Endpoint(address: ip, port: port)
    }
}

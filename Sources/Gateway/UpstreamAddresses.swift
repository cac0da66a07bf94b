import Configuration
import EventLoop

/// Where the upstreams are, as far as their names were ever resolved.
struct UpstreamAddresses: Sendable {
    private var known: [UpstreamAddress: [SocketAddress]] = [:]
    /// Names that could not be resolved this time: what they were resolved to before stays.
    private(set) var stale: [NameResolution.Failure] = []

    /// Asks for every name again. A new revocation list must not wait for a name server: a name that was known keeps its
    /// addresses while nobody can tell better, and only one that never was is an error.
    func renewed(for configuration: GatewayConfiguration, by resolver: NameResolver) throws(GatewayFailure) -> UpstreamAddresses {
        var next = UpstreamAddresses()
        for upstream in configuration.upstreams {
            for address in upstream.addresses where next.known[address] == nil {
                try next.take(address, of: upstream.name, before: known[address], resolver)
            }
        }
        return next
    }

    /// In the order of the configuration.
    func addresses(of upstream: UpstreamSettings) -> [SocketAddress] { upstream.addresses.flatMap { known[$0] ?? [] } }

    private mutating func take(
        _ address: UpstreamAddress, of upstream: String, before: [SocketAddress]?, _ resolver: NameResolver
    ) throws(GatewayFailure) {
        switch address {
        case .unix(let path):
            guard let socket = SocketAddress(unixPath: path) else {
                throw .system("upstream \(upstream): the path \(path) is longer than a socket's may be")
            }
            known[address] = [socket]
        case .host(let host, let port):
            do {
                known[address] = try resolver.resolve(host, port)
            } catch {
                guard let before else { throw .system("upstream \(upstream): \(error)") }
                known[address] = before
                stale.append(error)
            }
        }
    }
}

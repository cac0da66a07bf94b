import AdminAPI
import Configuration

extension MetricsServer.Address {
    init(_ bind: BindAddress) {
        switch bind {
        case .unix(let path): self = .unix(path: path)
        case .address(let host, let port): self = host.contains(":") ? .ip6(host, port: port) : .ip4(host, port: port)
        }
    }
}

import Configuration
import DataPlane
import EventLoop
import TLSTermination

/// What outlives a reload: sockets, counters, the state of upstreams. By name, so that a listener that stays keeps its own.
struct ListenerResources: Sendable {
    struct Bound: Sendable {
        let address: BindAddress
        /// One a loop.
        let sockets: [ListeningSocket]
    }

    private(set) var bound: [String: [Bound]] = [:]
    private(set) var occupancy: [String: ListenerOccupancy] = [:]
    /// One a loop.
    private(set) var counters: [String: [ListenerCounters]] = [:]
    private(set) var health: [String: UpstreamHealth] = [:]
    /// Of all listeners: a device that is shut out loses its sessions everywhere.
    let sessions: SharedSessionStore

    init(sessions: SharedSessionStore) { self.sessions = sessions }

    /// What the configuration needs, taken over where it exists and opened where it does not. Sockets opened here close by
    /// themselves when the result is dropped.
    func adapted(to configuration: GatewayConfiguration, loops: Int) throws(GatewayFailure) -> ListenerResources {
        var next = ListenerResources(sessions: sessions)
        let wanted = Set(configuration.listeners.flatMap(\.bind))
        let closing = bound.values.joined().map(\.address).filter { !wanted.contains($0) }
        for listener in configuration.listeners {
            var sockets: [Bound] = []
            for address in listener.bind {
                if let kept = existing(address, for: listener.name) {
                    sockets.append(kept)
                } else {
                    let isHandedOver = closing.contains { $0.port != nil && $0.port == address.port }
                    sockets.append(
                        try Self.open(address, isHandedOver ? .ownPredecessor : .nobody, for: listener.name, loops: loops))
                }
            }
            next.bound[listener.name] = sockets
            next.occupancy[listener.name] = occupancy[listener.name] ?? ListenerOccupancy()
            next.counters[listener.name] = counters[listener.name] ?? (0..<loops).map { _ in ListenerCounters() }
        }
        for upstream in configuration.upstreams { next.health[upstream.name] = health[upstream.name] ?? UpstreamHealth() }
        return next
    }

    func sockets(of listener: String, loop: Int) -> [ListeningSocket] { (bound[listener] ?? []).map { $0.sockets[loop] } }

    /// A socket may move from one listener to another: the kernel's queue of waiting devices moves with it.
    /// Port 0 is not an address to share: every listener that asks for it gets a port of its own.
    private func existing(_ address: BindAddress, for listener: String) -> Bound? {
        if let own = bound[listener]?.first(where: { $0.address == address }) { return own }
        if case .address(_, port: 0) = address { return nil }
        return bound.values.joined().first { $0.address == address }
    }

    private static func open(
        _ address: BindAddress, _ sharing: ListeningSocket.Sharing, for listener: String, loops: Int
    ) throws(GatewayFailure) -> Bound {
        let (socketAddress, text) =
            switch address {
            case .address(let host, let port): (SocketAddress(ip: host, port: port), "\(host):\(port)")
            case .unix(let path): (SocketAddress(unixPath: path), "unix:\(path)")
            }
        guard let socketAddress else { throw .system("listener \(listener): \(text) is not an address") }
        do {
            let sockets = try ListeningSocket.open(address: socketAddress, count: loops, sharing: sharing)
            return Bound(address: address, sockets: sockets)
        } catch {
            throw .system("listener \(listener): cannot listen on \(text): \(error)")
        }
    }
}

extension BindAddress {
    /// Nil for a unix socket, and for a port that the kernel chooses: these are in nobody's way.
    fileprivate var port: UInt16? {
        guard case .address(_, let port) = self, port != 0 else { return nil }
        return port
    }
}

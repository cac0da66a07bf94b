import Glibc

/// One loop's share of a listening address.
package final class ListeningSocket: Sendable {
    /// The address as bound: the port is the one that was given out when 0 was asked for.
    package let address: SocketAddress
    private let owned: OwnedDescriptor
    private let file: UnixSocketFile?

    private init(owned: consuming OwnedDescriptor, address: SocketAddress, file: UnixSocketFile?) {
        self.owned = owned
        self.address = address
        self.file = file
    }

    package var descriptor: Int32 { owned.raw }

    /// For good: no connection is taken any more, though the descriptor stays open.
    package func stop() { SystemCall.stopListening(owned.raw) }

    package func accept() -> AcceptOutcome { SystemCall.accept(owned.raw) }

    /// Connections that wait to be accepted, per socket; the kernel caps it at net.core.somaxconn (4096).
    package static let defaultBacklog: Int32 = 4096

    /// Who may connect to a unix socket when nothing else is said: its owner.
    package static let defaultFileMode: mode_t = 0o600

    /// Whom a TCP port may be shared with.
    package enum Sharing: Sendable {
        case nobody
        /// With sockets of this process that are about to close: `[::]:8883` gives way to `10.0.0.1:8883` without a gap.
        case ownPredecessor
    }

    /// Opens `count` sockets on one address, one for each loop. Fails with EADDRINUSE when another process listens
    /// there, of whatever user.
    package static func open(
        address: SocketAddress, count: Int, sharing: Sharing = .nobody, backlog: Int32 = defaultBacklog,
        fileMode: mode_t = defaultFileMode
    ) throws(SystemCallFailure) -> [ListeningSocket] {
        precondition(count > 0, "a listener for no loop")
        if let path = address.unixPath {
            return try openUnix(path, address: address, count: count, backlog: backlog, fileMode: fileMode)
        }
        return try openTCP(address, count: count, sharing, backlog: backlog)
    }

    private static func openTCP(
        _ address: SocketAddress, count: Int, _ sharing: Sharing, backlog: Int32
    ) throws(SystemCallFailure) -> [ListeningSocket] {
        let owned = try unboundTCP(address)
        if sharing == .ownPredecessor { try SocketOption.reusePort.apply(to: owned.raw) }
        let given = try bound(owned.raw, address)
        let first = ListeningSocket(owned: owned, address: given, file: nil)
        // Not sharing until it listens: two processes that start together cannot both get past this line, because
        // listen checks the port again. Only then the siblings may join, and only sockets that ask to share can: an
        // instance of ours binds its first one without asking.
        try SystemCall.listen(first.descriptor, backlog: backlog)
        try SocketOption.reusePort.apply(to: first.descriptor)
        var sockets = [first]
        while sockets.count < count {
            let owned = try unboundTCP(address)
            try SocketOption.reusePort.apply(to: owned.raw)
            try SystemCall.bind(owned.raw, to: given)
            let sibling = ListeningSocket(owned: owned, address: given, file: nil)
            try SystemCall.listen(sibling.descriptor, backlog: backlog)
            sockets.append(sibling)
        }
        return sockets
    }

    private static func unboundTCP(_ address: SocketAddress) throws(SystemCallFailure) -> OwnedDescriptor {
        let owned = try SystemCall.streamSocket(for: address)
        try SocketOption.reuseAddress.apply(to: owned.raw)
        // `[::]` serves both families whatever net.ipv6.bindv6only says.
        if address.isIPv6 { try SocketOption.ipv6Only(false).apply(to: owned.raw) }
        return owned
    }

    private static func bound(_ descriptor: Int32, _ address: SocketAddress) throws(SystemCallFailure) -> SocketAddress {
        try SystemCall.bind(descriptor, to: address)
        return try SystemCall.localAddress(descriptor)
    }

    /// Unix sockets have no SO_REUSEPORT: every loop accepts from the one queue.
    private static func openUnix(
        _ path: String, address: SocketAddress, count: Int, backlog: Int32, fileMode: mode_t
    ) throws(SystemCallFailure) -> [ListeningSocket] {
        let owned = try SystemCall.streamSocket(for: address)
        let file = try UnixSocketFile.bind(owned.raw, path: path, address: address, mode: fileMode)
        try SystemCall.listen(owned.raw, backlog: backlog)
        var sockets: [ListeningSocket] = []
        for _ in 1..<count {
            sockets.append(ListeningSocket(owned: try owned.duplicate(), address: address, file: file))
        }
        sockets.append(ListeningSocket(owned: owned, address: address, file: file))
        return sockets
    }
}

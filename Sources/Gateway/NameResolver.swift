import EventLoop

/// Who turns a host's name into addresses.
package struct NameResolver: Sendable {
    package typealias Resolution = @Sendable (_ host: String, _ port: UInt16) throws(NameResolution.Failure) -> [SocketAddress]

    let resolve: Resolution

    package init(_ resolve: @escaping Resolution) { self.resolve = resolve }

    package static let system = NameResolver { host, port throws(NameResolution.Failure) in
        try NameResolution.resolve(host: host, port: port)
    }
}

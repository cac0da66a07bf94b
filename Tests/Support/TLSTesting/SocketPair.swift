import Glibc

/// Two connected TCP sockets on loopback that never block, closed when the last owner lets go.
package final class SocketPair {
    package enum End { case client, server }

    private var descriptors: [Int32]

    package init() {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let client = socket(AF_INET, kind, 0)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, generic, &length) == 0 && connect(client, generic, length) == 0
            }
        }
        precondition(isConnected, "no loopback connection: \(String(cString: strerror(errno)))")
        let server = accept(listener, nil, nil)
        precondition(server >= 0, "no loopback connection: \(String(cString: strerror(errno)))")
        close(listener)
        descriptors = [client, server]
        for descriptor in descriptors {
            var one: Int32 = 1
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    package subscript(end: End) -> Int32 { descriptors[end == .client ? 0 : 1] }

    /// Sends FIN.
    package func endSending(_ end: End) { shutdown(self[end], Int32(SHUT_WR)) }

    /// Sends RST, and closes.
    package func reset(_ end: End) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self[end], SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(self[end])
        descriptors[end == .client ? 0 : 1] = -1
    }

    /// Waits until there is something to read, or an end.
    package func waitUntilReadable(_ end: End, milliseconds: Int32 = 2000) {
        var entry = pollfd(fd: self[end], events: Int16(POLLIN), revents: 0)
        poll(&entry, 1, milliseconds)
    }

    deinit { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
}

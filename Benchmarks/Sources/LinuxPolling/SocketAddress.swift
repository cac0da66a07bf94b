import CLoadShims
import Glibc

/// An IP address and a port, as the socket calls take them.
package struct SocketAddress: Sendable {
    package let host: String
    package let port: UInt16
    private let storage: sockaddr_storage
    private let length: socklen_t

    package enum Failure: Error, Equatable, CustomStringConvertible {
        case malformed(String)
        case unresolved(host: String, explanation: String)

        package var description: String {
            switch self {
            case .malformed(let text): "'\(text)' is not HOST:PORT or [IPv6]:PORT"
            case .unresolved(let host, let explanation): "cannot resolve '\(host)': \(explanation)"
            }
        }
    }

    /// Parses `HOST:PORT` and resolves the host; of several addresses the first is taken.
    package init(_ text: String) throws(Failure) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw .malformed(text)
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .malformed(text)
        }
        guard !host.isEmpty else { throw .malformed(text) }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var results: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(String(host), String(port), &hints, &results)
        defer { freeaddrinfo(results) }
        guard status == 0, let first = results?.pointee, let address = first.ai_addr else {
            throw .unresolved(host: String(host), explanation: String(cString: gai_strerror(status)))
        }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(first.ai_addrlen)))
        }
        self.host = String(host)
        self.port = port
        self.storage = storage
        self.length = first.ai_addrlen
    }

    /// A non-blocking socket of this address' family, without Nagle's algorithm (RFC 896). With it, a TLS 1.3 client's first
    /// message waits for the acknowledgement of its Finished: 40 ms, where the server sends no ticket that would carry one.
    package func makeSocket() throws(SystemFailure) -> OwnedDescriptor {
        let raw = CLoadShims_stream_socket(CInt(storage.ss_family))
        guard raw >= 0 else { throw SystemFailure("socket", code: errno) }
        _ = CLoadShims_set_no_delay(raw)
        return OwnedDescriptor(adopting: raw)
    }

    /// Starts to connect; 0, `EINPROGRESS`, or why it cannot.
    package func connect(_ socket: borrowing OwnedDescriptor) -> CInt {
        let raw = socket.raw
        return withAddress { Glibc.connect(raw, $0, $1) } == 0 ? 0 : errno
    }

    package func bind(_ socket: borrowing OwnedDescriptor) throws(SystemFailure) {
        let raw = socket.raw
        guard withAddress({ Glibc.bind(raw, $0, $1) }) == 0 else { throw SystemFailure("bind \(host):\(port)", code: errno) }
    }

    private func withAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    package var description: String { withPort(port) }

    /// The text of this address with another port, for one that the kernel chose.
    package func withPort(_ port: UInt16) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

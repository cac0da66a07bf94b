import Dispatch
import Glibc

/// One HTTP/1.1 request over a connection of its own, answered to its end.
struct HTTPExchange: Sendable {
    let status: Int
    let headers: [String: String]
    let body: String

    /// Seconds that the server may take.
    private static let patience = 5

    /// Nil when nobody listens, or what comes is not HTTP. It waits on a thread of its own: the server needs those that
    /// asynchronous tests run on.
    static func of(_ request: String, port: UInt16) async -> HTTPExchange? {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "exchange").async { continuation.resume(returning: HTTPExchange(request, port: port)) }
        }
    }

    private init?(_ request: String, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let text = Array("\(request) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, text, text.count, Int32(MSG_NOSIGNAL)) == text.count else { return nil }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 { answer += chunk.prefix(count) }
        self.init(answer: String(decoding: answer, as: UTF8.self))
    }

    private init?(answer: String) {
        guard let end = answer.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = answer[..<end.lowerBound].split(separator: "\r\n")
        guard let first = lines.first?.split(separator: " "), first.count >= 2, let status = Int(first[1]) else { return nil }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        self.headers = headers
        body = String(answer[end.upperBound...])
    }
}

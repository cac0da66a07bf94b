import DeviceRegistry
import HTTPClient

/// The admin API of a running gateway, behind its unix socket.
package struct AdminSocket: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// Nobody listens.
        case notRunning(reason: String)
        /// The gateway's answer, which is not the one that was asked for.
        case refused(RemoteFailure, body: [UInt8])
        case broken(String)
    }

    package let path: String

    package init(path: String) { self.path = path }

    /// How long a gateway may think about what does not take as long as it takes: it answers from memory and from its store.
    private static let patienceSeconds = 30.0
    /// A page of devices with all that can be said of them.
    private static let answerOctetsMax = 256 << 20

    /// Whether a gateway answers there.
    package var answers: Bool {
        do { _ = try get("/v1/status") } catch {
            guard case .refused = error else { return false }
        }
        return true
    }

    package func get(_ route: String, _ query: [(String, String)] = []) throws(Failure) -> [UInt8] {
        try body(of: request(.get, route, query, seconds: Self.patienceSeconds))
    }

    /// - Parameter seconds: nil: as long as it takes.
    package func post(
        _ route: String, _ query: [(String, String)] = [], _ body: HTTPRequest.Body = .none, seconds: Double? = nil
    ) throws(Failure) -> [UInt8] {
        var request = request(.post, route, query, seconds: seconds)
        request.body = body
        request.contentType = "application/json"
        return try self.body(of: request)
    }

    package func node(_ octets: [UInt8]) throws(Failure) -> JSONNode {
        guard let node = JSONNode.read(octets) else { throw .broken("the gateway's answer is not JSON") }
        return node
    }

    private func request(
        _ method: HTTPRequest.Method, _ route: String, _ query: [(String, String)], seconds: Double?
    ) -> HTTPRequest {
        let pairs = query.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
        let url = "http://gateway\(route)\(pairs.isEmpty ? "" : "?\(pairs)")"
        return HTTPRequest(
            method, url, socketPath: path, timeoutSeconds: seconds, answerOctetsMax: Self.answerOctetsMax)
    }

    private func body(of request: HTTPRequest) throws(Failure) -> [UInt8] {
        let answer: HTTPAnswer
        do throws(HTTPFailure) {
            answer = try HTTPCall.perform(request)
        } catch {
            if case .notConnected(let reason) = error { throw .notRunning(reason: reason) }
            throw .broken("the gateway at \(path) does not answer: \(error)")
        }
        guard answer.isSuccess else {
            let failure = RefusalText.failure(status: answer.status, JSONNode.read(answer.body))
            throw .refused(failure, body: answer.body)
        }
        return answer.body
    }

    /// RFC 3986 §2.1: everything but the unreserved characters.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(octet))
            default:
                let digits = String(octet, radix: 16, uppercase: true)
                escaped += octet < 0x10 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return escaped
    }
}

extension AdminSocket.Failure {
    /// As a directory has it.
    var registryFailure: RegistryFailure {
        switch self {
        case .notRunning(let reason), .broken(let reason):
            .remote(RemoteFailure(status: 503, code: "unreachable", reason: reason))
        case .refused(let failure, _): .remote(failure)
        }
    }
}

/// A request to an HTTP server.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package enum Body: Sendable {
        case none
        case octets([UInt8])
        /// The rest of an open file, whose size is known.
        case file(descriptor: Int32, octetCount: Int)
    }

    package var method: Method
    package var url: String
    /// The unix socket that is connected to, whatever host the URL names.
    package var socketPath: String?
    package var contentType: String?
    package var body: Body
    /// From the beginning to the last octet of the answer; nil: as long as it takes.
    package var timeoutSeconds: Double?
    /// Asked about once a second; nobody waits for the answer of a request that is given up.
    package var isGivenUp: @Sendable () -> Bool = { false }
    /// A longer answer is a failure.
    package var answerOctetsMax: Int

    /// Nobody answers a request of ours with more by design.
    package static let answerOctetsMax = 16 << 20

    package init(
        _ method: Method, _ url: String, socketPath: String? = nil, contentType: String? = nil, body: Body = .none,
        timeoutSeconds: Double?, answerOctetsMax: Int = Self.answerOctetsMax
    ) {
        self.method = method
        self.url = url
        self.socketPath = socketPath
        self.contentType = contentType
        self.body = body
        self.timeoutSeconds = timeoutSeconds
        self.answerOctetsMax = answerOctetsMax
    }
}

/// What the server said.
package struct HTTPAnswer: Hashable, Sendable {
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    package var isSuccess: Bool { 200..<300 ~= status }
}

/// Why there is no answer.
package enum HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nobody took the connection: nothing of the request has arrived anywhere.
    case notConnected(String)
    case timedOut
    case answerTooLong
    /// The request may have arrived.
    case broken(String)

    package var description: String {
        switch self {
        case .notConnected(let reason), .broken(let reason): reason
        case .timedOut: "no answer in time"
        case .answerTooLong: "the answer is too long"
        }
    }
}

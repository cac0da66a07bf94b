/// A request to the admin API, as far as it concerns whoever answers.
package struct AdminRequest: Sendable {
    package let query: [(String, String)]
    package let body: [UInt8]
    /// Where the body lies, when the route asked for it; it goes when the answer is given.
    package let file: String?
}

/// An answer of the admin API: JSON, whatever it says.
package struct AdminAnswer: Hashable, Sendable {
    package let status: Int
    package let json: String

    package init(_ status: Int, _ json: String) {
        self.status = status
        self.json = json
    }
}

/// What the API has at one path, and who answers. It may block: it runs on a queue of its own.
package struct AdminRoute: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package enum Body: Sendable {
        case ignored
        /// In memory, up to ``AdminServer/bodyOctetsMax``.
        case read
        /// In a file of the spool directory, however long it is.
        case spooled
    }

    let method: Method
    let path: String
    let body: Body
    let answer: @Sendable (AdminRequest) -> AdminAnswer

    package init(
        _ method: Method, _ path: String, body: Body = .ignored, _ answer: @escaping @Sendable (AdminRequest) -> AdminAnswer
    ) {
        self.method = method
        self.path = path
        self.body = body
        self.answer = answer
    }
}

import PKITypes

/// What `verify` says of one job.
package struct VerificationAnswer: Hashable, Sendable {
    package enum Decision: Hashable, Sendable {
        case reject(RefusalReason)
        case accept(DeviceIdentity)
    }

    package let decision: Decision
    /// For people.
    package let detail: String
    /// Which certificate of the path was refused, 0 being the leaf; nil when no path was found or nothing was refused.
    package let depth: Int?

    init(_ decision: Decision, detail: String, depth: Int? = nil) {
        self.decision = decision
        self.detail = detail
        self.depth = depth
    }

    static func reject(_ reason: RefusalReason, _ detail: String, depth: Int? = nil) -> Self {
        Self(.reject(reason), detail: detail, depth: depth)
    }

    package var isAccepted: Bool {
        switch decision {
        case .accept: true
        case .reject: false
        }
    }

    /// The one word of the contract for it.
    package var reason: String {
        switch decision {
        case .accept: "admitted"
        case .reject(let reason): reason.rawValue
        }
    }

    private var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "decision": .string(isAccepted ? "accept" : "reject"),
            "reason": .string(reason),
            "detail": .string(detail),
        ]
        if let depth { members["depth"] = .integer(Int64(depth)) }
        if case .accept(let identity) = decision { members["identity"] = .string(identity.text) }
        return members
    }

    /// One line of JSON, without its end.
    package var json: String { JSONLine.text(.object(members)) }

    func json(id: JSONValue) -> String { JSONLine.text(.object(members.merging(["id": id]) { $1 })) }
}

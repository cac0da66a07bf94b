/// Why a line is not a job.
package enum VerificationJobFailure: Error, Hashable, Sendable {
    case notJSON
    case notAnObject(found: String)
    /// A field that is not understood might be the one that would have refused.
    case unknownField(String)
    case missing(String)
    case mistyped(field: String, expected: String, found: String)
    case outOfRange(field: String, expected: String)
    case lineTooLong(limit: Int)
}

extension VerificationJobFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notJSON: "the line is not one JSON value"
        case .notAnObject(let found): "the line holds \(found) where a job, an object, is expected"
        case .unknownField(let name): "unknown field '\(name)'"
        case .missing(let field): "'\(field)' is missing"
        case .mistyped(let field, let expected, let found): "'\(field)' is \(found), expected \(expected)"
        case .outOfRange(let field, let expected): "'\(field)' must be \(expected)"
        case .lineTooLong(let limit): "the line is longer than \(limit) octets"
        }
    }
}

/// The fields of one JSON object, each read once and by type; null is as good as absent.
struct VerificationJobFields {
    private let path: String
    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue], path: String = "", known: Set<String>) throws(VerificationJobFailure) {
        if let unknown = members.keys.filter({ !known.contains($0) }).min() { throw .unknownField(path + unknown) }
        self.path = path
        self.members = members.filter { $0.value != .null }
    }

    func text(_ name: String) throws(VerificationJobFailure) -> String? {
        guard let value = members[name] else { return nil }
        guard case .string(let text) = value else { throw mistyped(name, "a string", value) }
        return text
    }

    func requiredText(_ name: String) throws(VerificationJobFailure) -> String {
        guard let text = try text(name) else { throw .missing(path + name) }
        return text
    }

    func texts(_ name: String) throws(VerificationJobFailure) -> [String]? {
        guard let value = members[name] else { return nil }
        guard case .array(let items) = value else { throw mistyped(name, "an array of strings", value) }
        return try items.map { item throws(VerificationJobFailure) in
            guard case .string(let text) = item else { throw mistyped(name, "an array of strings", item) }
            return text
        }
    }

    func boolean(_ name: String) throws(VerificationJobFailure) -> Bool? {
        guard let value = members[name] else { return nil }
        guard case .boolean(let boolean) = value else { throw mistyped(name, "true or false", value) }
        return boolean
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(VerificationJobFailure) -> Int64? {
        guard let value = members[name] else { return nil }
        guard case .integer(let integer) = value else { throw mistyped(name, "a whole number", value) }
        guard range.contains(integer) else {
            throw .outOfRange(field: path + name, expected: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    func object(_ name: String, known: Set<String>) throws(VerificationJobFailure) -> VerificationJobFields? {
        guard let value = members[name] else { return nil }
        guard case .object(let members) = value else { throw mistyped(name, "an object", value) }
        return try VerificationJobFields(members, path: "\(path)\(name).", known: known)
    }

    func objects(_ name: String, known: Set<String>) throws(VerificationJobFailure) -> [VerificationJobFields] {
        guard let value = members[name] else { return [] }
        guard case .array(let items) = value else { throw mistyped(name, "an array of objects", value) }
        return try items.map { item throws(VerificationJobFailure) in
            guard case .object(let members) = item else { throw mistyped(name, "an array of objects", item) }
            return try VerificationJobFields(members, path: "\(path)\(name).", known: known)
        }
    }

    private func mistyped(_ name: String, _ expected: String, _ found: JSONValue) -> VerificationJobFailure {
        .mistyped(field: path + name, expected: expected, found: found.typeName)
    }
}

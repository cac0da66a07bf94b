/// A JSON value whose members keep their order, so that a generated file changes only where the table did.
indirect enum JSONValue: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var name: String
        var value: JSONValue
    }

    case string(String)
    case number(Int64)
    case boolean(Bool)
    case array([JSONValue])
    case object([Member])

    static func object(_ members: (String, JSONValue)...) -> Self { .object(members.map { Member(name: $0.0, value: $0.1) }) }
    static func strings(_ texts: [String]) -> Self { .array(texts.map { .string($0) }) }

    func adding(_ name: String, _ value: JSONValue) -> Self {
        guard case .object(let members) = self else { preconditionFailure("only an object has members") }
        return .object(members + [Member(name: name, value: value)])
    }

    func text(indent: String = "") -> String {
        let deeper = indent + "  "
        switch self {
        case .string(let text): return Self.quoted(text)
        case .number(let number): return String(number)
        case .boolean(let boolean): return boolean ? "true" : "false"
        case .array(let items): return "[" + items.map { $0.text(indent: indent) }.joined(separator: ", ") + "]"
        case .object(let members):
            let lines = members.map { "\(deeper)\(Self.quoted($0.name)): \($0.value.text(indent: deeper))" }
            return members.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    /// RFC 8259 §7.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

// The way back: a value as text.
extension JSONNode {
    package var json: String {
        switch self {
        case .null: "null"
        case .literal(let text): text
        case .string(let text): InventoryText.string(text)
        case .array(let elements): "[\(elements.map(\.json).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(InventoryText.string($0.name)):\($0.value.json)" }.joined(separator: ","))}"
        }
    }

    package static func number(_ number: some BinaryInteger) -> JSONNode { .literal("\(number)") }
    package static func boolean(_ value: Bool) -> JSONNode { .literal(value ? "true" : "false") }

    package static func texts(_ members: [(String, String)]) -> JSONNode {
        .object(members.map { (name: $0.0, value: .string($0.1)) })
    }

    package static func members(_ members: [(String, JSONNode)]) -> JSONNode {
        .object(members.map { (name: $0.0, value: $0.1) })
    }

    package var elements: [JSONNode]? { if case .array(let elements) = self { elements } else { nil } }
    package var memberNames: [String]? { if case .object(let members) = self { members.map(\.name) } else { nil } }
    package var number: Int? { if case .literal(let text) = self { Int(text) } else { nil } }

    /// As a request's body has it; nil when it is none.
    package static func read(_ octets: [UInt8]) -> JSONNode? { try? JSONNode(octets) }
}

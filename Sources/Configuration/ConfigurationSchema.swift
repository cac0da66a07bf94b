/// The JSON Schema of the configuration, for editors. `check` knows more: names, files, values against each other.
package enum ConfigurationSchema {
    package static var text: String {
        let head = JSONValue.object(
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("Pulsegate configuration")),
            ("$comment", .string("Generated from the table of keys by `pulsegate check --print-schema`; do not edit."))
        )
        guard case .object(let members) = head, case .object(let body) = mapping(GatewayKeys.root) else {
            preconditionFailure("the schema of a mapping is an object")
        }
        return JSONValue.object(members + body).text() + "\n"
    }

    private static func mapping(_ keys: [ConfigurationKey]) -> JSONValue {
        let present = keys.filter { $0.availability != .later }
        return .object(
            ("type", .string("object")),
            ("additionalProperties", .boolean(false)),
            ("required", .strings(present.filter { $0.defaultValue == .required }.map(\.name))),
            ("properties", .object(present.map { JSONValue.Member(name: $0.name, value: property($0)) }))
        )
    }

    private static func property(_ key: ConfigurationKey) -> JSONValue {
        if key.availability == .defaultOnly, case .value(let text) = key.defaultValue {
            return .object(("const", literal(text))).adding("description", .string(key.summary))
        }
        let described = values(key.kind).adding("description", .string("\(key.summary) Expected: \(key.kind.expectation)."))
        guard case .value(let text) = key.defaultValue else { return described }
        return described.adding("default", literal(text))
    }

    /// YAML readers of editors take digits for a number.
    private static func literal(_ text: String) -> JSONValue {
        if text == "[]" { return .array([]) }
        return UnitText.number(text).map { .number($0) } ?? .string(text)
    }

    private static func values(_ kind: ValueKind) -> JSONValue {
        switch kind {
        case .word(let choices): .object(("enum", .strings(choices.filter(\.isAvailable).map(\.word))))
        case .duration(_, let words): pattern("^(" + (words + ["[0-9]+[smhd]"]).joined(separator: "|") + ")$")
        case .moment: pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$")
        case .size: pattern("^[0-9]+(B|KiB|MiB|GiB)$")
        case .count(let bounds, let words):
            words.isEmpty ? integer(bounds) : .object(("anyOf", .array([integer(bounds), .object(("enum", .strings(words)))])))
        case .share(let bounds, let words):
            .object(
                ("anyOf", .array([integer(bounds), pattern("^(" + (words + ["[0-9]+%"]).joined(separator: "|") + ")$")])))
        case .name: pattern(namePattern)
        case .objectIdentifier: pattern("^[0-2](\\.(0|[1-9][0-9]*))+$")
        case .network: pattern("^[0-9a-fA-F.:]+/[0-9]+$")
        case .bind: pattern("^(unix:.+|[0-9.]+:[0-9]+|\\[[0-9a-fA-F:.]+\\]:[0-9]+)$")
        case .unixSocket: pattern("^unix:.+$")
        case .webURL: pattern("^https?://[^/]+.*$")
        case .upstreamAddress: pattern("^(unix:.+|[^:\\[\\]]+:[0-9]+|\\[[0-9a-fA-F:.]+\\]:[0-9]+)$")
        case .attributes:
            .object(
                ("type", .string("object")), ("minProperties", .number(1)), ("propertyNames", pattern(namePattern)),
                ("additionalProperties", .object(("type", .string("string")), ("minLength", .number(1))))
            )
        case .text, .file, .directory, .identityPattern, .hours, .alpnName, .peerName, .reference:
            .object(("type", .string("string")), ("minLength", .number(1)))
        case .list(let element, let least):
            .object(("type", .string("array")), ("minItems", .number(Int64(least))), ("items", values(element)))
        case .mapping(let keys): mapping(keys)
        case .shorthand(let name, let keys):
            .object(("anyOf", .array(keys.filter { $0.name == name }.map { values($0.kind) } + [mapping(keys)])))
        case .named(_, let keys):
            .object(
                ("type", .string("object")), ("minProperties", .number(1)), ("propertyNames", pattern(namePattern)),
                ("additionalProperties", mapping(keys))
            )
        }
    }

    private static let namePattern = "^[A-Za-z0-9._-]{1,\(ConfigurationLimits.mostNameCharacters)}$"

    private static func pattern(_ expression: String) -> JSONValue {
        .object(("type", .string("string")), ("pattern", .string(expression)))
    }

    private static func integer(_ bounds: ClosedRange<Int64>) -> JSONValue {
        .object(
            ("type", .string("integer")), ("minimum", .number(bounds.lowerBound)), ("maximum", .number(bounds.upperBound))
        )
    }
}

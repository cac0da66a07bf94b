/// The configuration as it takes effect, as YAML: every key with its value, defaults marked, paths absolute. Contents of
/// files, private keys above all, are never read for it.
package struct EffectiveConfiguration {
    private let root: SettingMapping
    private let file: String

    /// Nil when the result has errors.
    package init?(_ result: ConfigurationResult) {
        guard !result.hasErrors, let settings = result.settings else { return nil }
        root = settings
        file = result.file
    }

    package var text: String {
        let head = ["# Effective configuration of \(file)"]
        return (head + Self.lines(root, GatewayKeys.root)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ settings: SettingMapping, _ keys: [ConfigurationKey]) -> [String] {
        keys.flatMap { key in settings[key.name].map { lines(key, $0) } ?? [] }
    }

    private static func lines(_ key: ConfigurationKey, _ setting: Setting) -> [String] {
        let mark = setting.origin == .defaulted ? "  # default" : ""
        switch (setting.value, key.kind) {
        case (.absent, _):
            if case .absent(let meaning) = key.defaultValue { return ["# \(key.name): absent, \(meaning)"] }
            preconditionFailure("'\(key.name)' is absent and the table of keys does not say what that means")
        case (.mapping(let below), .mapping(let keys)), (.mapping(let below), .shorthand(_, let keys)):
            let body = lines(below, keys)
            // Comments alone would leave the key without a value, which is an error.
            let isEmpty = body.allSatisfy { $0.hasPrefix("#") }
            return ["\(key.name):\(isEmpty ? " {}" : "")"] + indented(body)
        case (.mapping(let below), .named(_, let keys)):
            return ["\(key.name):"]
                + below.entries.flatMap { entry in
                    indented(
                        ["\(YAMLText.scalar(entry.name)):"] + indented(lines(entry.setting.mapping ?? SettingMapping(), keys)))
                }
        case (.mapping(let below), .attributes):
            let pairs = below.entries.map { "\(YAMLText.scalar($0.name)): \($0.setting.value.scalarText ?? "")" }
            return ["\(key.name): { \(pairs.joined(separator: ", ")) }"]
        case (.list(let items), .list(.mapping(let keys), _)) where !items.isEmpty:
            return ["\(key.name):"] + items.flatMap { item in dashed(lines(item.mapping ?? SettingMapping(), keys)) }
        case (.list(let items), _):
            return ["\(key.name): \(YAMLText.flowList(items.compactMap(\.value.scalarText)))\(mark)"]
        default: return ["\(key.name): \(setting.value.scalarText ?? "")\(mark)"]
        }
    }

    private static func indented(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

    /// An entry of a list: its first key stands behind the dash. The table puts a required key first, so that the first
    /// line is never a comment.
    private static func dashed(_ lines: [String]) -> [String] {
        lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }
}

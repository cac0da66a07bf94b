/// The reference configuration: every key with what it means, its values, its default and whether a reload takes it up.
package enum ReferenceFile {
    package static var text: String {
        let head = [
            "# Every key of the configuration. Generated from the table of keys by",
            "# `pulsegate check --print-reference`; do not edit.",
            "#",
            "# Durations: 30s 5m 24h 90d. Sizes: 512B 64KiB 1MiB 1GiB. Files that are read count from this file's directory,",
            "# files that are written from state_directory. A value shown is the default where there is one, else an example.",
        ]
        return (head + lines(GatewayKeys.root, level: 0)).joined(separator: "\n") + "\n"
    }

    private static func lines(_ keys: [ConfigurationKey], level: Int) -> [String] {
        // Sections are set apart at the top only: below, blank lines would part what belongs together.
        keys.flatMap { key in (level == 0 ? [""] : []) + lines(key, level: level) }
    }

    private static func lines(_ key: ConfigurationKey, level: Int) -> [String] {
        if key.availability == .later { return ["# \(key.name): not available in this version. \(key.summary)"] }
        let comment = ["# \(key.summary)", "# \(facts(key))"]
        switch key.kind {
        case .mapping(let keys), .shorthand(_, let keys):
            return comment + ["\(key.name):"] + indented(lines(keys, level: level + 1))
        case .named(let section, let keys):
            return comment + ["\(key.name):"] + indented(["\(section.exampleName):"] + indented(lines(keys, level: level + 2)))
        case .list(.mapping(let keys), let least):
            let entry = ["\(key.name):"] + dashed(lines(keys, level: level + 2))
            return comment + (least > 0 ? entry : ["\(key.name): []"] + entry.map { "# " + $0 })
        default: return comment + ["\(key.name): \(shownValue(key))"]
        }
    }

    private static func facts(_ key: ConfigurationKey) -> String {
        let values = key.availability == .defaultOnly ? "only the default in this version" : key.kind.expectation
        let otherwise =
            switch key.defaultValue {
            case .required: "required"
            case .value(let text): "default \(text)"
            case .absent(let meaning): "when absent: \(meaning)"
            case .ofItsKeys: "default: the defaults below"
            }
        return "[\(values) | \(otherwise) | \(key.reload.rawValue)]"
    }

    private static func shownValue(_ key: ConfigurationKey) -> String {
        if case .value(let text) = key.defaultValue { text } else { key.example }
    }

    /// The first key of an entry stands behind the dash, its comment above.
    private static func dashed(_ lines: [String]) -> [String] {
        let first = lines.firstIndex { !$0.hasPrefix("#") } ?? 0
        return lines.enumerated().map { index, line in
            if index == first { return "  - " + line }
            return (index < first ? "  " : "    ") + line
        }
    }

    private static func indented(_ lines: [String]) -> [String] { lines.map { $0.isEmpty ? $0 : "  " + $0 } }
}

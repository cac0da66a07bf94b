import VerificationCore

/// Walks a YAML tree along the table of keys: checks every key and value, fills in defaults, and goes on after each
/// problem. A value with a problem is left out of the result.
struct DocumentWalk {
    /// A configured input file and where it is named.
    struct FileMention: Hashable, Sendable {
        var path: String
        var role: FileRole
        var position: SourcePosition
    }

    private let scalars: ScalarReader
    /// Names are collected first: a listener may name an upstream that stands below it.
    private let declared: [Section: [String]]
    private(set) var list: FindingList
    private(set) var files: [FileMention] = []

    init(root: YAMLNode, paths: PathResolution, findings: FindingList) {
        scalars = ScalarReader(paths: paths)
        list = findings
        declared = Dictionary(
            uniqueKeysWithValues: Section.allCases.map { section in
                guard case .mapping(let entries)? = root[section.rawValue]?.content else { return (section, []) }
                return (section, entries.filter { !$0.isRepetition }.map(\.key))
            }
        )
    }

    mutating func root(_ node: YAMLNode, keys: [ConfigurationKey]) -> SettingMapping? {
        mapping(node, keys: keys, path: "", owner: node.position)
    }

    private mutating func mapping(
        _ node: YAMLNode, keys: [ConfigurationKey], path: String, owner: SourcePosition
    ) -> SettingMapping? {
        guard case .mapping(let entries) = node.content else {
            unexpected(node, "a mapping", path: path)
            return nil
        }
        var found: [String: SettingMapping.Entry] = [:]
        // A misspelled key is not missing as well: one slip, one error.
        var meant: Set<String> = []
        for entry in entries {
            guard let key = keys.first(where: { $0.name == entry.key }) else {
                let valid = keys.filter { $0.availability != .later }.map(\.name)
                let nearest = NearestName.of(entry.key, among: valid)
                if let nearest { meant.insert(nearest) }
                list.add(ValueProblem.unknownKey(entry.key, path: path, nearest: nearest, valid: valid), at: entry.keyPosition)
                continue
            }
            let place = path.isEmpty ? key.name : "\(path).\(key.name)"
            guard let value = keyed(entry, key, path: place), !entry.isRepetition else { continue }
            let setting = Setting(value: value, position: entry.value.position, origin: .written)
            found[key.name] = .init(name: key.name, keyPosition: entry.keyPosition, setting: setting)
        }
        let written = meant.union(entries.map(\.key))
        return SettingMapping(
            entries: keys.compactMap { key in
                written.contains(key.name) ? found[key.name] : unwritten(key, path: path, owner: owner)
            }
        )
    }

    private mutating func keyed(_ entry: YAMLNode.Entry, _ key: ConfigurationKey, path: String) -> SettingValue? {
        switch key.availability {
        case .available: break
        case .later:
            list.add(ValueProblem.laterKey(path: path), at: entry.keyPosition)
            return nil
        case .defaultOnly:
            let problems = list.findings.count
            guard let value = value(entry.value, key, path: path, owner: entry.keyPosition) else { return nil }
            guard problems == list.findings.count, value == defaultValue(key, at: entry.value.position) else {
                let expected = if case .value(let text) = key.defaultValue { text } else { "nothing" }
                list.add(
                    ValueProblem.laterValue(path: path, found: entry.value.described, expected: expected),
                    at: entry.value.position
                )
                return nil
            }
            return value
        }
        return value(entry.value, key, path: path, owner: entry.keyPosition)
    }

    /// The entry of a key that is not in the text.
    private mutating func unwritten(_ key: ConfigurationKey, path: String, owner: SourcePosition) -> SettingMapping.Entry? {
        guard key.availability != .later else { return nil }
        if key.defaultValue == .required {
            list.add(ValueProblem.missingKey(key, path: path), at: owner)
            return nil
        }
        let setting = Setting(value: defaultValue(key, at: owner), position: owner, origin: .defaulted)
        return .init(name: key.name, keyPosition: owner, setting: setting)
    }

    private func defaultValue(_ key: ConfigurationKey, at position: SourcePosition) -> SettingValue {
        switch (key.defaultValue, key.kind) {
        case (.value("[]"), .list): return .list([])
        case (.value(let text), let kind):
            guard let value = try? scalars.read(text, as: kind) else {
                preconditionFailure("the table's default '\(text)' of '\(key.name)' is not one of its values")
            }
            return value
        case (.absent, _): return .absent
        case (.ofItsKeys, .mapping(let keys)), (.ofItsKeys, .shorthand(_, let keys)):
            let entries = keys.filter { $0.availability != .later }.map { below in
                let setting = Setting(value: defaultValue(below, at: position), position: position, origin: .defaulted)
                return SettingMapping.Entry(name: below.name, keyPosition: position, setting: setting)
            }
            return .mapping(SettingMapping(entries: entries))
        case (.ofItsKeys, _), (.required, _): preconditionFailure("the table gives '\(key.name)' no default")
        }
    }

    private mutating func value(
        _ node: YAMLNode, _ key: ConfigurationKey, path: String, owner: SourcePosition
    ) -> SettingValue? {
        switch key.kind {
        case .mapping(let keys): mapping(node, keys: keys, path: path, owner: owner).map { .mapping($0) }
        case .shorthand(let name, let keys): shorthand(node, for: name, keys, key, path: path, owner: owner).map { .mapping($0) }
        case .named(let section, let keys): named(node, section, keys: keys, key: key, path: path).map { .mapping($0) }
        case .attributes: attributes(node, key, path: path).map { .mapping($0) }
        case .list(let kind, let least): sequence(node, of: kind, atLeast: least, key: key, path: path).map { .list($0) }
        default: scalar(node, as: key.kind, path: path)
        }
    }

    private mutating func shorthand(
        _ node: YAMLNode, for name: String, _ keys: [ConfigurationKey], _ key: ConfigurationKey, path: String,
        owner: SourcePosition
    ) -> SettingMapping? {
        switch node.content {
        case .mapping: return mapping(node, keys: keys, path: path, owner: owner)
        case .scalar:
            guard let meant = keys.first(where: { $0.name == name }) else {
                preconditionFailure("'\(path)' is short for nothing")
            }
            guard let value = scalar(node, as: meant.kind, path: path) else { return nil }
            let setting = Setting(value: value, position: node.position, origin: .written)
            let entry = SettingMapping.Entry(name: name, keyPosition: node.position, setting: setting)
            return SettingMapping(
                entries: keys.compactMap { $0.name == name ? entry : unwritten($0, path: path, owner: node.position) })
        default:
            unexpected(node, key.kind.expectation, path: path)
            return nil
        }
    }

    private mutating func named(
        _ node: YAMLNode, _ section: Section, keys: [ConfigurationKey], key: ConfigurationKey, path: String
    ) -> SettingMapping? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            unexpected(node, key.kind.expectation, path: path)
            return nil
        }
        var result = SettingMapping()
        for entry in entries {
            if !ScalarReader.isName(entry.key) { list.add(ValueProblem.badName(entry.key, section), at: entry.keyPosition) }
            let place = "\(path).\(entry.key)"
            guard let settings = mapping(entry.value, keys: keys, path: place, owner: entry.keyPosition), !entry.isRepetition
            else {
                continue
            }
            let setting = Setting(value: .mapping(settings), position: entry.value.position, origin: .written)
            result.entries.append(.init(name: entry.key, keyPosition: entry.keyPosition, setting: setting))
        }
        return result
    }

    private mutating func attributes(_ node: YAMLNode, _ key: ConfigurationKey, path: String) -> SettingMapping? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            unexpected(node, key.kind.expectation, path: path)
            return nil
        }
        var result = SettingMapping()
        for entry in entries where !entry.isRepetition {
            let place = "\(path).\(entry.key)"
            guard let value = scalar(entry.value, as: .text, path: place), case .text(let text) = value else { continue }
            do {
                _ = try PostureRequirement(entry.key, text)
            } catch {
                list.add(ValueProblem.badRequirement(path: place, found: entry.value.described, error), at: entry.value.position)
                continue
            }
            let setting = Setting(value: value, position: entry.value.position, origin: .written)
            result.entries.append(.init(name: entry.key, keyPosition: entry.keyPosition, setting: setting))
        }
        return result
    }

    private mutating func sequence(
        _ node: YAMLNode, of kind: ValueKind, atLeast least: Int, key: ConfigurationKey, path: String
    ) -> [Setting]? {
        guard case .sequence(let items) = node.content else {
            unexpected(node, key.kind.expectation, path: path)
            return nil
        }
        guard items.count >= least else {
            list.add(ValueProblem.emptyList(path: path, key: key), at: node.position)
            return nil
        }
        return items.enumerated().compactMap { index, item in
            let place = "\(path)[\(index)]"
            let value: SettingValue? =
                if case .mapping(let keys) = kind {
                    mapping(item, keys: keys, path: place, owner: item.position).map { .mapping($0) }
                } else {
                    scalar(item, as: kind, path: place)
                }
            return value.map { Setting(value: $0, position: item.position, origin: .written) }
        }
    }

    private mutating func scalar(_ node: YAMLNode, as kind: ValueKind, path: String) -> SettingValue? {
        guard case .scalar(let text) = node.content else {
            unexpected(node, kind.expectation, path: path)
            return nil
        }
        do {
            let value = try scalars.read(text, as: kind)
            if case .file(let role) = kind, case .text(let file) = value {
                files.append(FileMention(path: file, role: role, position: node.position))
            }
            if case .reference(let section) = kind, !isDeclared(text, in: section, path: path, at: node.position) { return nil }
            return value
        } catch {
            list.add(Self.problem(error, node, kind, path: path), at: node.position)
            return nil
        }
    }

    private mutating func isDeclared(_ name: String, in section: Section, path: String, at position: SourcePosition) -> Bool {
        let names = declared[section] ?? []
        guard !names.contains(name) else { return true }
        let nearest = NearestName.of(name, among: names)
        list.add(
            ValueProblem.unknownReference(path: path, name: name, section, nearest: nearest, declared: names), at: position
        )
        return false
    }

    private mutating func unexpected(_ node: YAMLNode, _ expected: String, path: String) {
        guard node.content != .unusable else { return }
        list.add(ValueProblem.unexpected(path: path, found: node.described, expected: expected), at: node.position)
    }

    private static func problem(
        _ failure: ScalarReader.Failure, _ node: YAMLNode, _ kind: ValueKind, path: String
    ) -> ValueProblem {
        let found = node.described
        return switch failure {
        case .unexpected: .unexpected(path: path, found: found, expected: kind.expectation)
        case .notAvailable: .laterValue(path: path, found: found, expected: kind.expectation)
        case .badPattern(let failure): .badPattern(path: path, found: found, failure)
        case .badHours(let failure): .badHours(path: path, found: found, failure)
        case .unknownZone(let name): .unknownZone(path: path, name: name)
        case .bitsBeyondPrefix: .bitsBeyondPrefix(path: path, found: found)
        case .durationWithoutUnit: .durationWithoutUnit(path: path, found: found, expected: kind.expectation)
        case .addressNeedsBrackets: .addressNeedsBrackets(path: path, found: found)
        case .socketPathTooLong(let bytes): .socketPathTooLong(path: path, bytes: bytes)
        }
    }
}

/// What can be wrong with a text before its keys mean anything.
enum DocumentProblem: Problem {
    case notYAML(String)
    case tooLarge(bytes: Int)
    case tooManyNodes
    case tooDeep
    case severalDocuments
    case emptyDocument
    case anchor(String)
    case alias(String)
    case mergeKey
    case keyNotText(found: String)
    case duplicateKey(String, firstLine: Int)

    var severity: Finding.Severity { .error }

    var sentence: String {
        switch self {
        case .notYAML(let reason): "not valid YAML: \(reason)"
        case .tooLarge(let bytes):
            "the file has \(bytes) bytes, expected at most \(UnitText.size(Int64(ConfigurationLimits.mostBytes)))"
        case .tooManyNodes: "more than \(ConfigurationLimits.mostNodes) values, expected a configuration"
        case .tooDeep: "nested too deeply, expected at most \(ConfigurationLimits.deepestLevel) levels"
        case .severalDocuments: "a second YAML document, expected one document a file"
        case .emptyDocument: "the file is empty, expected a mapping"
        case .anchor(let name): "anchor '&\(name)', expected plain values: what is written in one place holds in one place"
        case .alias(let name): "alias '*\(name)', expected the value itself"
        case .mergeKey: "merge key '<<', expected the keys themselves"
        case .keyNotText(let found): "\(found) as a key, expected a word"
        case .duplicateKey(let name, let line): "duplicate key '\(name)', already on line \(line)"
        }
    }
}

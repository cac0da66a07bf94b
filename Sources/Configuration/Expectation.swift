/// What a finding, the reference file and the schema say about the values of a kind.
extension ValueKind {
    var expectation: String {
        switch self {
        case .text: "text"
        case .name: "a name of at most \(ConfigurationLimits.mostNameCharacters) letters, digits, '.', '_' and '-'"
        case .word(let choices): FindingText.listed(choices.filter(\.isAvailable).map(\.word))
        case .duration(let bounds, let words):
            Self.either(
                words, "a duration from \(UnitText.duration(bounds.lowerBound)) to \(UnitText.duration(bounds.upperBound))")
        case .moment: "a day or a moment in UTC such as 2027-01-31 or 2027-01-31T18:00:00Z"
        case .size(let bounds): "a size from \(UnitText.size(bounds.lowerBound)) to \(UnitText.size(bounds.upperBound))"
        case .count(let bounds, let words):
            Self.either(words, "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        case .share(let bounds, let words):
            Self.either(
                words, "a percentage from 1% to 100% or a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        case .file: "the path of a file"
        case .directory: "the path of a directory"
        case .bind: "an address and port such as 127.0.0.1:8883, [::]:8883 or unix:/path"
        case .unixSocket: "unix:/path"
        case .webURL: "a URL such as https://broker.hosp/purge"
        case .upstreamAddress: "host:port, [v6]:port or unix:/path"
        case .network: "a network such as 10.20.0.0/16"
        case .identityPattern: "an identity pattern such as urn:hospital:device:**"
        case .hours: "hours such as Mon-Fri 07:00-19:00; Sat 08:00-12:00 Europe/Berlin, or granted"
        case .attributes: "a mapping from attributes to what they must be, such as { firmware: \">=4.2\", recalled: \"no\" }"
        case .alpnName: "a protocol name of at most \(ConfigurationLimits.mostALPNBytes) bytes"
        case .objectIdentifier: "an object identifier such as 1.3.6.1.5.5.7.3.2"
        case .peerName: "a DNS name or an address"
        case .reference(let section): "the name of \(section.article) \(section.noun)"
        case .list(let element, _): "a list, each entry \(element.expectation)"
        case .mapping: "a mapping"
        case .shorthand(let name, let keys): keys.filter { $0.name == name }.map(\.kind.expectation).joined() + ", or a mapping"
        case .named(let section, _): "a mapping from names to the settings of each \(section.noun)"
        }
    }

    private static func either(_ words: [String], _ other: String) -> String {
        words.isEmpty ? other : words.joined(separator: ", ") + " or " + other
    }
}

extension ConfigurationKey {
    /// How the key looks in a file, in one line.
    var sample: String { "\(name): \(sampleValue)" }

    private var sampleValue: String {
        if !example.isEmpty { return example }
        switch kind {
        case .named(let section, let keys): return "{ \(section.exampleName): \(Self.sampleMapping(keys)) }"
        case .mapping(let keys): return Self.sampleMapping(keys)
        case .list(.mapping(let keys), _): return "[\(Self.sampleMapping(keys))]"
        default: if case .value(let text) = defaultValue { return text } else { return "…" }
        }
    }

    private static func sampleMapping(_ keys: [ConfigurationKey]) -> String {
        let required = keys.filter { $0.defaultValue == .required }
        return "{ " + required.map(\.sample).joined(separator: ", ") + " }"
    }
}

/// A part of a YAML document with the place it came from. Scalars are kept as their text; tags are ignored.
struct YAMLNode: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var key: String
        var keyPosition: SourcePosition
        var value: YAMLNode
        /// Set on every repetition of a key; the first one counts.
        var isRepetition: Bool
    }

    indirect enum Content: Hashable, Sendable {
        case scalar(String)
        case sequence([YAMLNode])
        case mapping([Entry])
        /// Already reported (an alias, too deep); nothing more is said about it.
        case unusable
    }

    var content: Content
    var position: SourcePosition

    /// The node as a finding names it.
    var described: String {
        switch content {
        case .scalar(let text): text.isEmpty ? "empty" : FindingText.quoted(text)
        case .sequence(let items): items.isEmpty ? "an empty list" : "a list"
        case .mapping(let entries): entries.isEmpty ? "an empty mapping" : "a mapping"
        case .unusable: "unusable"
        }
    }

    /// The value of the first entry called `key`.
    subscript(key: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key && !$0.isRepetition }?.value
    }
}

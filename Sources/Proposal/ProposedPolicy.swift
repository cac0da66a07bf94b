import DeviceRegistry
import PKITypes

/// A policy for identities of one shape at one listener.
package struct ProposedPolicy: Hashable, Sendable {
    package let name: String
    package let listener: String
    /// As `when.identity` takes it.
    package let pattern: String
    /// Those that it was made from.
    package let identities: [String]
    package let networks: ObservedNetworks
}

/// Finds what identities have in common: the words that are the same, and the segment that counts the devices.
enum PolicyDraft {
    static func policies(for seen: [ObservedRefusal], besides names: Set<String>) -> [ProposedPolicy] {
        let groups = Dictionary(grouping: seen) { Shape(listener: $0.key.listener, IdentitySegments($0.key.identity.text)) }
        var taken = names
        return groups.sorted { $0.key.order < $1.key.order }.map { shape, group in
            let identities = Set(group.map(\.key.identity.text)).sorted()
            var networks = ObservedNetworks()
            for sighting in group { networks.add(sighting.networks) }
            return ProposedPolicy(
                name: name(for: shape, &taken), listener: shape.listener, pattern: pattern(of: identities),
                identities: identities, networks: networks)
        }
    }

    /// Identities are of one shape when only segments with a digit in them differ: those number devices, words name kinds.
    private struct Shape: Hashable {
        let listener: String
        /// Nil for a segment that has a digit.
        let words: [String?]
        let separators: [Character]

        init(listener: String, _ segments: IdentitySegments) {
            self.listener = listener
            words = segments.texts.map { $0.contains(where: \.isNumber) ? nil : $0 }
            separators = segments.separators
        }

        var order: String { "\(listener) \(words.map { $0 ?? "" }.joined(separator: ":"))" }
    }

    /// What all have stays as it is; one device alone is named in full.
    private static func pattern(of identities: [String]) -> String {
        let all = identities.map(IdentitySegments.init)
        let count = all[0].texts.count
        var text = ""
        for place in 0..<count {
            let values = Set(all.map { $0.texts[place] })
            // What a pattern would read as a wildcard stands for a segment, too.
            let differs = values.count > 1 || all[0].texts[place].contains { "*{}".contains($0) }
            let name = place == count - 1 ? "serial" : "part\(place + 1)"
            text += differs ? "{\(name)}" : all[0].texts[place]
            if place < count - 1 { text.append(all[0].separators[place]) }
        }
        return text
    }

    /// As names may be: the last word of the identity, which says what kind of device it is.
    private static func name(for shape: Shape, _ taken: inout Set<String>) -> String {
        let word = shape.words.compactMap { $0 }.last { !$0.isEmpty } ?? "device"
        let plain = word.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }.prefix(32)
        let base = "\(shape.listener.prefix(32))-\(plain)"
        var (name, number) = (base, 1)
        while !taken.insert(name).inserted {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }
}

/// An identity cut where its patterns are: behind `:` and `/`.
private struct IdentitySegments {
    let texts: [String]
    let separators: [Character]

    init(_ text: String) {
        texts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "/" }.map(String.init)
        separators = text.filter { $0 == ":" || $0 == "/" }.map { $0 }
    }
}

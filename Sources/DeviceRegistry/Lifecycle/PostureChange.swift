/// What free attributes may look like, wherever they come from: a file, a command, the API.
package enum PostureRule {
    package static let attributesMax = 32
    package static let valueOctetsMax = 256
    /// As long as a policy's key may reasonably be.
    package static let nameOctetsMax = 64

    /// `[a-z][a-z0-9_.-]*`
    package static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= nameOctetsMax, let first = text.utf8.first, letters.contains(first) else { return false }
        return text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || signs.contains($0) }
    }

    /// No control characters, and no white space at its ends, which lists in cells would lose.
    package static func isValue(_ text: String) -> Bool {
        text.utf8.count <= valueOctetsMax && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
            && text.first?.isWhitespace != true && text.last?.isWhitespace != true
    }

    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    private static let signs: Set<UInt8> = [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")]
}

/// Attributes that a command sets, and those that it takes away.
package struct PostureChange: Hashable, Sendable {
    package let set: [String: String]
    package let unset: Set<String>

    /// Nil when a name or a value is none, when a name is both, or when nothing would be done.
    package init?(set: [String: String] = [:], unset: Set<String> = []) {
        guard !set.isEmpty || !unset.isEmpty, unset.isDisjoint(with: set.keys),
            set.allSatisfy({ PostureRule.isName($0.key) && PostureRule.isValue($0.value) }),
            unset.allSatisfy(PostureRule.isName)
        else { return nil }
        self.set = set
        self.unset = unset
    }

    func applied(to posture: [String: String]) -> [String: String] {
        posture.filter { !unset.contains($0.key) }.merging(set) { $1 }
    }

    /// `firmware=4.3;-recall`: no name begins with a hyphen.
    package var text: String {
        let pairs = set.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return FieldText.list(pairs + unset.sorted().map { "-\($0)" })
    }

    package init?(text: String) {
        var set: [String: String] = [:]
        var unset: Set<String> = []
        for item in FieldText.list(in: text) {
            if item.hasPrefix("-") {
                unset.insert(String(item.dropFirst()))
            } else {
                let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { return nil }
                set[String(parts[0])] = String(parts[1])
            }
        }
        self.init(set: set, unset: unset)
    }
}

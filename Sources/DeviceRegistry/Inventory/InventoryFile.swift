/// A file of devices, in one of two spellings.
package struct InventoryFile: Hashable, Sendable {
    package enum Format: String, CaseIterable, Sendable {
        case csv
        /// An array of objects, or objects one after the other (JSON lines).
        case json
    }

    package let path: String
    package let format: Format

    package init(path: String, format: Format) {
        self.path = path
        self.format = format
    }

    /// What the name says.
    package static func format(ofName path: String) -> Format? {
        let suffix = path.split(separator: "/").last?.split(separator: ".").last?.lowercased()
        switch suffix {
        case "csv": return .csv
        case "json", "jsonl", "ndjson": return .json
        default: return nil
        }
    }
}

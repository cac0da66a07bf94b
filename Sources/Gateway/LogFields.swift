import Logging

/// The fields of one log line. Every decision writes some fifteen of them, so they lie side by side, without a table.
package struct LogFields: Sendable, ExpressibleByDictionaryLiteral {
    package typealias Field = (key: String, value: String)

    /// What a person looks for first; the other fields follow by name.
    private static let leading = ["reason", "device", "source", "decision"]

    private var fields: [Field] = []

    package init() { fields.reserveCapacity(20) }

    package init(dictionaryLiteral fields: (String, String)...) {
        self.init()
        for (key, value) in fields { self[key] = value }
    }

    init(_ metadata: Logger.Metadata) { fields = metadata.map { ($0, $1.description) } }

    /// Writes one; each is written once, and nil is no field.
    package subscript(key: String) -> String? {
        @available(*, unavailable) get { nil }
        set { if let newValue { fields.append((key, newValue)) } }
    }

    var metadata: Logger.Metadata {
        Logger.Metadata(fields.map { ($0.key, "\($0.value)") }, uniquingKeysWith: { $1 })
    }

    /// As they stand in a line.
    var inOrder: [Field] {
        fields.sorted { left, right in
            let places = (Self.place(left.key), Self.place(right.key))
            return places.0 == places.1 ? left.key < right.key : places.0 < places.1
        }
    }

    private static func place(_ key: String) -> Int { leading.firstIndex(of: key) ?? leading.count }
}

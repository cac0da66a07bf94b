import Foundation

/// JSON in one line, read and written.
package enum JSONLine {
    /// Nil when the octets are not one JSON value.
    static func value(_ octets: [UInt8]) -> JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: Data(octets)) }

    package static func text(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let encoded = try? encoder.encode(value) else { preconditionFailure("a value that was read cannot be written") }
        return String(decoding: encoded, as: UTF8.self)
    }
}

/// Why PEM text could not be read, and on which line.
package struct PEMFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: Hashable, Sendable {
        case malformedBoundary
        case missingEnd
        case labelMismatch
        case malformedBase64
        case empty
    }

    package let reason: Reason
    package let line: Int

    init(_ reason: Reason, line: Int) {
        self.reason = reason
        self.line = line
    }

    package var description: String {
        switch reason {
        case .malformedBoundary: "line \(line): a BEGIN line that does not end in -----"
        case .missingEnd: "line \(line): a block without its END line"
        case .labelMismatch: "line \(line): the END line names something else than the BEGIN line"
        case .malformedBase64: "line \(line): malformed base64"
        case .empty: "line \(line): a block without contents"
        }
    }
}

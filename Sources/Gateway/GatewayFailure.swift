import Configuration

/// Why a gateway does not start, or a reload is not taken.
package enum GatewayFailure: Error, Sendable, CustomStringConvertible {
    /// The configuration file itself cannot be read.
    case unreadable(String)
    /// The configuration, or a file that it names, is wrong; errors and warnings in order of position.
    case findings([Finding])
    /// The system refuses: an address in use, a directory that cannot be written.
    case system(String)
    /// It would do more than the change guard lets pass without a person's word.
    case held(HeldChange)

    /// The configured files that are at fault.
    var faultyFiles: Set<String> {
        guard case .findings(let findings) = self else { return [] }
        return Set(findings.filter { $0.severity == .error }.compactMap(\.subject))
    }

    package var description: String {
        switch self {
        case .unreadable(let cause): cause
        case .findings(let findings): findings.map(\.description).joined(separator: "\n")
        case .system(let cause): cause
        case .held(let change): "held: \(change)"
        }
    }

    /// One line: the first error, and how many there are beside it.
    var summary: String {
        guard case .findings(let findings) = self else { return description }
        let errors = findings.filter { $0.severity == .error }
        guard let first = errors.first else { return "no cause given" }
        return errors.count == 1 ? first.message : "\(first.message); and \(errors.count - 1) more"
    }
}

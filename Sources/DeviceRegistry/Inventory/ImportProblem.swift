import FileSystem
import PKITypes

/// What is wrong with one place of an inventory file.
package struct ImportProblem: Hashable, Sendable {
    package enum Fault: Hashable, Sendable {
        case unexpected(column: String, found: String, expected: String)
        case identityMissing
        case repeatedIdentity(DeviceIdentity)
        case refused(RegistryFailure)
        /// In the words of a gateway.
        case told(String)
    }

    package let line: Int
    package let fault: Fault
}

extension ImportProblem: CustomStringConvertible {
    package var description: String { "\(line): \(cause)" }

    /// Without the line.
    package var cause: String {
        switch fault {
        case .unexpected(let column, let found, let expected): "\(column): found \(found), expected \(expected)"
        case .identityMissing: "identity: found nothing, expected \(InventoryColumn.identity.expectation)"
        case .repeatedIdentity(let identity): "identity: \(identity) stands in an earlier line, too"
        case .refused(let failure): "\(failure)"
        case .told(let text): text
        }
    }
}

/// Why nothing of a file was imported.
package enum ImportFailure: Error, Hashable, Sendable {
    /// - Parameter omitted: how many more there are.
    case problems([ImportProblem], omitted: Int)
    case unreadable(path: String, reason: String)
    case registry(RegistryFailure)

    /// So many are told; more of them help nobody.
    package static let problemsMax = 100
}

/// What an import did.
package struct ImportOutcome: Hashable, Sendable {
    package internal(set) var enrolled = 0
    package internal(set) var updated = 0
    /// They were in the registry exactly so.
    package internal(set) var unchanged = 0
    /// The file gives another state; the registry's stands. No file undoes a person's act.
    package internal(set) var statesKept = 0

    package init() {}
}

import PKITypes

/// What a command to many devices did, or would do.
package struct BulkOutcome: Hashable, Sendable {
    package enum Mode: Sendable { case dryRun, apply }

    package struct Refused: Hashable, Sendable {
        package let identity: DeviceIdentity
        package let failure: LifecycleFailure
    }

    /// How many devices the filter selects.
    package internal(set) var selected = 0
    /// By the state that they were in.
    package internal(set) var changed: [DeviceState: Int] = [:]
    /// They are in that state, or have these attributes, already.
    package internal(set) var unchanged = 0
    package internal(set) var refusedCount = 0
    /// The first of these, for people.
    package internal(set) var refused: [Refused] = []

    package init() {}

    package var changedCount: Int { changed.values.reduce(0, +) }

    private static let namedRefusalsMax = 20

    mutating func count(_ identity: DeviceIdentity, _ failure: LifecycleFailure) {
        switch failure {
        case .alreadyIn, .unchanged:
            unchanged += 1
            return
        case .onlyByPerson, .reasonMissing, .tooManyAttributes, .notFrom, .keyCondemned, .credentialBound, .credentialUnknown,
            .notOnHold, .listNotNewer:
            break
        }
        refusedCount += 1
        if refused.count < Self.namedRefusalsMax { refused.append(Refused(identity: identity, failure: failure)) }
    }
}

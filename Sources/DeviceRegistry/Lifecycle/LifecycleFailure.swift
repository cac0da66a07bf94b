import PKITypes

/// Why an event cannot happen to a record.
package enum LifecycleFailure: Error, Hashable, Sendable {
    case onlyByPerson(event: String)
    case reasonMissing(event: String)
    case alreadyIn(DeviceState)
    /// Its attributes, or its windows, are so already.
    case unchanged
    case tooManyAttributes(Int)
    case notFrom(DeviceState, event: String)
    case keyCondemned(KeyFingerprint)
    case credentialBound(CredentialID)
    case credentialUnknown(CredentialID)
    case notOnHold(CredentialID)
    /// What an older list says, or says no more, is no news.
    case listNotNewer(than: UnixSeconds)
}

extension LifecycleFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .onlyByPerson(let event): "only a person may \(event) a device"
        case .reasonMissing(let event): "\(event) needs a reason"
        case .alreadyIn(let state): "the device is \(state.name) already"
        case .unchanged: "the device is so already"
        case .tooManyAttributes(let count):
            "it would have \(count) attributes, and \(PostureRule.attributesMax) is the most"
        case .notFrom(let state, let event): "a device that is \(state.name) cannot \(event)\(Self.advice(state))"
        case .keyCondemned(let key): "key \(key) was condemned with a credential of this device: it needs a new key"
        case .credentialBound(let id): "certificate \(id) is bound already"
        case .credentialUnknown(let id): "certificate \(id) was never bound to this device"
        case .notOnHold(let id): "certificate \(id) is not on hold"
        case .listNotNewer(let moment): "the list is not newer than the one of \(moment.text)"
        }
    }

    private static func advice(_ state: DeviceState) -> String {
        switch state {
        case .disabled, .retired: "; 'reinstate' makes it provisioned again"
        case .provisioned: "; 'activate' comes first"
        case .active, .rotating, .quarantined: ""
        }
    }
}

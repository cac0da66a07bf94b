import PKITypes

/// Why the registry does not do what it was asked.
package enum RegistryFailure: Error, Hashable, Sendable {
    case unknownDevice(DeviceIdentity)
    case enrolledAlready(DeviceIdentity)
    /// One key, one identity.
    case keyBelongsTo(DeviceIdentity, KeyFingerprint)
    case lifecycle(DeviceIdentity, LifecycleFailure)
    case store(StoreFailure)
    /// A running gateway, which holds the registry, says so.
    case remote(RemoteFailure)
}

/// A refusal as a gateway's API gives it.
package struct RemoteFailure: Error, Hashable, Sendable {
    package let status: Int
    package let code: String
    package let reason: String

    package init(status: Int, code: String, reason: String) {
        self.status = status
        self.code = code
        self.reason = reason
    }

    /// The request was understood, and the answer is no; anything else is a gateway that could not.
    package var isRefusal: Bool { 400..<500 ~= status }
}

extension RegistryFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownDevice(let identity): "\(identity): no such device in the registry"
        case .enrolledAlready(let identity): "\(identity): is in the registry already"
        case .keyBelongsTo(let identity, let key): "key \(key) belongs to \(identity)"
        case .lifecycle(let identity, let failure): "\(identity): \(failure)"
        case .store(let failure): failure.description
        case .remote(let failure): failure.reason
        }
    }
}

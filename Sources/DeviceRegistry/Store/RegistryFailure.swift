import PKITypes

/// Why the registry does not do what it was asked.
package enum RegistryFailure: Error, Hashable, Sendable {
    case unknownDevice(DeviceIdentity)
    case enrolledAlready(DeviceIdentity)
    /// One key, one identity.
    case keyBelongsTo(DeviceIdentity, KeyFingerprint)
    case lifecycle(DeviceIdentity, LifecycleFailure)
    case store(StoreFailure)
}

extension RegistryFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownDevice(let identity): "\(identity): no such device in the registry"
        case .enrolledAlready(let identity): "\(identity): is in the registry already"
        case .keyBelongsTo(let identity, let key): "key \(key) belongs to \(identity)"
        case .lifecycle(let identity, let failure): "\(identity): \(failure)"
        case .store(let failure): failure.description
        }
    }
}

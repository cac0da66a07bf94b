import PKITypes
import VerificationCore

/// Snapshots that differ in their lists and in how many policies they have.
struct SnapshotTemplate: Sendable {
    static let policyName = "pumps"

    let anchor: TrustAnchorEntry
    let rootList: IndexedList
    let listener: String

    /// - Parameters:
    ///   - policies: of which only the last one matches.
    ///   - devices: the registry, which the policy asks when it is not nil.
    func snapshot(_ lists: [IndexedList], policies: Int, devices: DeviceIndex? = nil) throws -> VerificationSnapshot {
        let never = try (1..<policies).map {
            AccessPolicy(name: "never-\($0)", devices: .any, identity: try IdentityPattern("urn:hospital:device:class-\($0):*"))
        }
        let pumps = AccessPolicy(
            name: Self.policyName, devices: devices == nil ? .any : .registered,
            identity: try IdentityPattern("urn:hospital:device:pump:{serial}"))
        return VerificationSnapshot(
            generation: 1, anchors: [anchor], trustByListener: [listener: [anchor.name]], policies: never + [pumps],
            revocation: RevocationIndex(lists: [rootList] + lists), devices: devices ?? DeviceIndex(),
            clockSkewSeconds: 300
        )
    }
}

import PKITypes
import VerificationCore

/// Snapshots that differ in their lists and in how many policies they have.
struct SnapshotTemplate: Sendable {
    static let policyName = "pumps"

    let anchor: TrustAnchorEntry
    let rootList: IndexedList
    let listener: String

    /// - Parameter policies: of which only the last one matches.
    func snapshot(_ lists: [IndexedList], policies: Int) throws -> VerificationSnapshot {
        let never = try (1..<policies).map {
            AccessPolicy(name: "never-\($0)", devices: .any, identity: try IdentityPattern("urn:hospital:device:class-\($0):*"))
        }
        let pumps = AccessPolicy(
            name: Self.policyName, devices: .any, identity: try IdentityPattern("urn:hospital:device:pump:{serial}"))
        return VerificationSnapshot(
            generation: 1, anchors: [anchor], trustByListener: [listener: [anchor.name]], policies: never + [pumps],
            revocation: RevocationIndex(lists: [rootList] + lists), devices: DeviceIndex(), clockSkewSeconds: 300
        )
    }
}

import PKITypes
import VerificationCore

/// The digest of something that a change may name: a credential or an identity. Seeded for the process.
package struct LiveSessionKey: Hashable {
    let digest: UInt64

    init(digest: UInt64) { self.digest = digest }

    package init(_ credential: CredentialID) {
        var hasher = Hasher()
        hasher.combine(UInt8(0))
        hasher.combine(credential)
        self.init(hasher)
    }

    init(_ identity: IdentityMark) {
        var hasher = Hasher()
        hasher.combine(UInt8(1))
        hasher.combine(identity)
        self.init(hasher)
    }

    private init(_ hasher: Hasher) { digest = UInt64(bitPattern: Int64(hasher.finalize())) }

    /// Of every certificate on a path, and of the identity that it proves.
    static func all(of path: VerifiedPath) -> [LiveSessionKey] {
        let credentials = path.certificates.map {
            CredentialID(anchorEntry: path.anchorEntry, issuer: $0.issuer, serial: $0.serial)
        }
        return credentials.map(LiveSessionKey.init) + (path.marks.map { [LiveSessionKey($0.identity)] } ?? [])
    }
}

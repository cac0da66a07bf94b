import PKITypes
import SignatureChecking

/// Where a session may be resumed: at its listener, while this trusts the same and speaks TLS the same way. Policies, lists and
/// the registry are not in it: they are decided again, so that an edit does not make every device shake hands in full.
package struct SessionBinding: Hashable, Sendable {
    /// OpenSSL compares it, too, as the session id context.
    let digest: Fingerprint

    package init(listener: String, trustSet: Fingerprint, profile: TLSProfile) {
        let parts = [Array(listener.utf8), trustSet.octets, Array(profile.rawValue.utf8)]
        digest = sha256Fingerprint(parts.flatMap { Array("\($0.count):".utf8) + $0 })
    }
}

import PKITypes
import PathValidation
import VerificationCore

extension OpenSSLPathEngine {
    /// The certificates of one trust-anchor entry.
    package struct Anchors: Hashable, Sendable {
        package let entry: String
        package let certificates: [[UInt8]]

        package init(entry: String, certificates: [[UInt8]]) {
            self.entry = entry
            self.certificates = certificates
        }
    }

    /// What an engine is made of. Engines of equal settings find the same paths.
    package struct Settings: Hashable, Sendable {
        package let trust: [Anchors]
        /// Complete chains that peers send without them; not trusted by themselves.
        package let intermediates: [[UInt8]]
        package let policy: PathPolicy

        package init(trust: [Anchors], intermediates: [[UInt8]], policy: PathPolicy) {
            self.trust = trust
            self.intermediates = intermediates
            self.policy = policy
        }

        /// What decides which paths are valid: anchors, intermediates, purpose and depth. Not lists, not policies of access.
        package var trustSet: Fingerprint {
            let parts = trust.flatMap { [Array($0.entry.utf8)] + $0.certificates } + intermediates + [Array("\(policy)".utf8)]
            return sha256Fingerprint(parts.flatMap { Array("\($0.count):".utf8) + $0 })
        }
    }
}

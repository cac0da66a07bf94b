import DER
import PKITypes

extension VerificationJob {
    private static let fields: Set<String> = [
        "id", "trust_anchors", "intermediates", "crls", "leaf", "at", "purpose", "peer_identity", "max_depth", "policy",
        "require_revocation", "extended_key_usage", "issuer_profile",
    ]
    private static let policyFields: Set<String> = ["initial", "explicit", "inhibit_mapping", "inhibit_any"]
    private static let peerIdentityFields: Set<String> = ["kind", "value"]

    /// 9999-12-31T23:59:59Z, the last moment that a certificate can name; and its mirror image.
    package static let moments: ClosedRange<Int64> = -253_402_300_799...253_402_300_799

    /// A job as batch mode reads it.
    package init(_ members: [String: JSONValue]) throws(VerificationJobFailure) {
        let job = try VerificationJobFields(members, known: Self.fields)
        guard let anchors = try job.texts("trust_anchors") else { throw .missing("trust_anchors") }
        self.init(trustAnchors: anchors.map { Array($0.utf8) }, leaf: Array(try job.requiredText("leaf").utf8))
        intermediates = (try job.texts("intermediates") ?? []).map { Array($0.utf8) }
        lists = (try job.texts("crls") ?? []).map { Array($0.utf8) }
        moment = try job.integer("at", in: Self.moments).map { UnixSeconds($0) }
        if let purpose = try job.text("purpose") { pathPolicy.purpose = try Self.purpose(purpose) }
        pathPolicy.keyPurposes = try (job.texts("extended_key_usage") ?? []).map(Self.keyPurpose)
        if let profile = try job.text("issuer_profile") { pathPolicy.issuerProfile = try Self.issuerProfile(profile) }
        peerIdentities = try job.objects("peer_identity", known: Self.peerIdentityFields).map(Self.peerIdentity)
        if let depth = try job.integer("max_depth", in: 0...Int64(Int32.max)) { pathPolicy.maximumDepth = Int(depth) }
        if let policy = try job.object("policy", known: Self.policyFields) { try readPolicy(policy) }
        revocationCheck = try job.boolean("require_revocation") ?? false ? .required : .ifListsAreGiven
    }

    private mutating func readPolicy(_ policy: VerificationJobFields) throws(VerificationJobFailure) {
        pathPolicy.initialPolicies = try policy.texts("initial") ?? []
        for identifier in pathPolicy.initialPolicies where !Self.isPolicyIdentifier(identifier) {
            throw .outOfRange(field: "policy.initial", expected: "object identifiers in dotted form; '\(identifier)' is none")
        }
        pathPolicy.explicitPolicy = try policy.boolean("explicit") ?? false ? .required : .notRequired
        pathPolicy.policyMapping = try policy.boolean("inhibit_mapping") ?? false ? .inhibited : .allowed
        pathPolicy.anyPolicy = try policy.boolean("inhibit_any") ?? false ? .inhibited : .allowed
    }

    package static func isPolicyIdentifier(_ text: String) -> Bool { ObjectIdentifier(dotted: text) != nil }

    private static func keyPurpose(_ text: String) throws(VerificationJobFailure) -> ObjectIdentifier {
        guard let identifier = ObjectIdentifier(dotted: text) else {
            throw .outOfRange(field: "extended_key_usage", expected: "object identifiers in dotted form; '\(text)' is none")
        }
        return identifier
    }

    private static func purpose(_ text: String) throws(VerificationJobFailure) -> Purpose {
        guard let purpose = Purpose(rawValue: text) else {
            throw .outOfRange(field: "purpose", expected: "client, server or any, not '\(text)'")
        }
        return purpose
    }

    private static func issuerProfile(_ text: String) throws(VerificationJobFailure) -> Profile {
        guard let profile = Profile(rawValue: text) else {
            throw .outOfRange(field: "issuer_profile", expected: "strict or tolerant, not '\(text)'")
        }
        return profile
    }

    private static func peerIdentity(_ fields: VerificationJobFields) throws(VerificationJobFailure) -> PeerIdentity {
        let kind = try fields.requiredText("kind")
        guard let known = PeerIdentity.Kind(rawValue: kind) else {
            throw .outOfRange(field: "peer_identity.kind", expected: "DNS, IP or RFC822, not '\(kind)'")
        }
        return PeerIdentity(kind: known, value: try fields.requiredText("value"))
    }
}

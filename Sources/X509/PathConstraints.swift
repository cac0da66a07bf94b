import DER

/// The extensions that only certification paths are judged by (RFC 5280 §6.1), decoded when a path is looked for. Name
/// constraints, which may be long, stand apart: ``NameConstraints``.
package struct PathConstraints: Hashable, Sendable {
    package let policies: CertificatePolicies?
    package let policyMappings: PolicyMappings?
    package let policyConstraints: PolicyConstraints?
    package let inhibitAnyPolicy: Int?

    package init(of certificate: Certificate) throws(DERFailure) {
        var policies: CertificatePolicies?
        var policyMappings: PolicyMappings?
        var policyConstraints: PolicyConstraints?
        var inhibitAnyPolicy: Int?
        for item in certificate.extensions.all {
            let value = DERReader(certificate.bytes, in: item.value)
            switch item.identifier {
            case .certificatePolicies: policies = try CertificatePolicies(from: value)
            case .policyMappings: policyMappings = try PolicyMappings(from: value)
            case .policyConstraints: policyConstraints = try PolicyConstraints(from: value)
            case .inhibitAnyPolicy: inhibitAnyPolicy = try PolicyExtension.inhibitAnyPolicy(value)
            default: break
            }
        }
        self.policies = policies
        self.policyMappings = policyMappings
        self.policyConstraints = policyConstraints
        self.inhibitAnyPolicy = inhibitAnyPolicy
    }
}

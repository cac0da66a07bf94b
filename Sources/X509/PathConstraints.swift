import DER

/// The extensions that only certification paths are judged by (RFC 5280 §6.1), decoded when a path is looked for.
package struct PathConstraints: Hashable, Sendable {
    package let nameConstraints: NameConstraints?
    package let policies: CertificatePolicies?
    package let policyMappings: PolicyMappings?
    package let policyConstraints: PolicyConstraints?
    package let inhibitAnyPolicy: Int?

    package init(of certificate: Certificate) throws(DERFailure) {
        var nameConstraints: NameConstraints?
        var policies: CertificatePolicies?
        var policyMappings: PolicyMappings?
        var policyConstraints: PolicyConstraints?
        var inhibitAnyPolicy: Int?
        for item in certificate.extensions.all {
            let value = DERReader(certificate.bytes, in: item.value)
            switch item.identifier {
            case .nameConstraints: nameConstraints = try NameConstraints(from: value)
            case .certificatePolicies: policies = try CertificatePolicies(from: value)
            case .policyMappings: policyMappings = try PolicyMappings(from: value)
            case .policyConstraints: policyConstraints = try PolicyConstraints(from: value)
            case .inhibitAnyPolicy: inhibitAnyPolicy = try PolicyExtension.inhibitAnyPolicy(value)
            default: break
            }
        }
        self.nameConstraints = nameConstraints
        self.policies = policies
        self.policyMappings = policyMappings
        self.policyConstraints = policyConstraints
        self.inhibitAnyPolicy = inhibitAnyPolicy
    }
}

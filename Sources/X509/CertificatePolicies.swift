import DER

/// The certificatePolicies extension (RFC 5280 §4.2.1.4): identifiers; qualifiers are for people and change no verdict.
package struct CertificatePolicies: Hashable, Sendable {
    package let identifiers: [ObjectIdentifier]

    /// Bounds the policy graph; a certificate with ten policies is already rare.
    package static let maximumCount = 128

    init(from extensionValue: DERReader) throws(DERFailure) {
        var identifiers: [ObjectIdentifier] = []
        var policies = try PolicyExtension.items(extensionValue)
        while !policies.isAtEnd {
            guard identifiers.count < Self.maximumCount else {
                throw DERFailure(.tooMany(limit: Self.maximumCount), at: policies.position)
            }
            var policy = try policies.readSequence()
            let start = policy.position
            let identifier = try policy.readObjectIdentifier()
            if !policy.isAtEnd { _ = try policy.read(.sequence) }
            try policy.requireEnd()
            // §4.2.1.4: an identifier must not appear more than once.
            guard !identifiers.contains(identifier) else { throw DERFailure(.extensionInvalid(.certificatePolicies), at: start) }
            identifiers.append(identifier)
        }
        self.identifiers = identifiers
    }
}

/// The policyMappings extension (RFC 5280 §4.2.1.5).
package struct PolicyMappings: Hashable, Sendable {
    package struct Mapping: Hashable, Sendable {
        package let issuerDomainPolicy: ObjectIdentifier
        package let subjectDomainPolicy: ObjectIdentifier
    }

    package let mappings: [Mapping]

    init(from extensionValue: DERReader) throws(DERFailure) {
        var mappings: [Mapping] = []
        var items = try PolicyExtension.items(extensionValue)
        while !items.isAtEnd {
            let limit = CertificatePolicies.maximumCount
            guard mappings.count < limit else { throw DERFailure(.tooMany(limit: limit), at: items.position) }
            var pair = try items.readSequence()
            let issuer = try pair.readObjectIdentifier()
            let subject = try pair.readObjectIdentifier()
            try pair.requireEnd()
            mappings.append(Mapping(issuerDomainPolicy: issuer, subjectDomainPolicy: subject))
        }
        self.mappings = mappings
    }
}

/// The policyConstraints extension (RFC 5280 §4.2.1.11).
package struct PolicyConstraints: Hashable, Sendable {
    package let requireExplicitPolicy: Int?
    package let inhibitPolicyMapping: Int?

    init(from extensionValue: DERReader) throws(DERFailure) {
        var fields = try PolicyExtension.items(extensionValue)
        requireExplicitPolicy = try Self.skipCertificates(0, from: &fields)
        inhibitPolicyMapping = try Self.skipCertificates(1, from: &fields)
        try fields.requireEnd()
    }

    private static func skipCertificates(_ number: UInt8, from fields: inout DERReader) throws(DERFailure) -> Int? {
        let tag = DERTag.contextPrimitive(number)
        return fields.nextTag == tag ? try PolicyExtension.skipCertificates(&fields, tag) : nil
    }
}

/// What the four policy extensions share.
enum PolicyExtension {
    /// The contents of a SEQUENCE SIZE (1..MAX) that is all of the value.
    static func items(_ value: DERReader) throws(DERFailure) -> DERReader {
        var outer = value
        let sequence = try outer.readSequence()
        try outer.requireEnd()
        guard !sequence.isAtEnd else { throw DERFailure(.emptySequence, at: sequence.position) }
        return sequence
    }

    /// SkipCerts ::= INTEGER (0..MAX). A number longer than any path is as good as the longest.
    static func skipCertificates(_ reader: inout DERReader, _ tag: DERTag = .integer) throws(DERFailure) -> Int {
        let start = reader.position
        let contents = try reader.readInteger(tag)
        guard reader.bytes[contents.lowerBound] & 0x80 == 0 else { throw DERFailure(.integerOutOfRange, at: start) }
        return contents.count > 4 ? .max : reader.bytes[contents].reduce(0) { $0 << 8 | Int($1) }
    }

    /// InhibitAnyPolicy ::= SkipCerts (§4.2.1.14).
    static func inhibitAnyPolicy(_ value: DERReader) throws(DERFailure) -> Int {
        var reader = value
        let count = try skipCertificates(&reader)
        try reader.requireEnd()
        return count
    }
}

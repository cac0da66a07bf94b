/// An extension of a certificate, a list or an entry of a list.
package struct LabExtension: Hashable, Sendable {
    package enum Criticality: Sendable { case critical, nonCritical }

    package let type: String
    package let criticality: Criticality
    /// The DER inside extnValue.
    package let value: [UInt8]

    package init(_ type: String, _ criticality: Criticality = .nonCritical, value: [UInt8]) {
        self.type = type
        self.criticality = criticality
        self.value = value
    }

    var der: [UInt8] {
        // DEFAULT FALSE is left out (X.690 §11.5).
        let critical = criticality == .critical ? LabDER.boolean(true) : []
        return LabDER.sequence(LabDER.objectIdentifier(type), critical, LabDER.octetString(value))
    }

    /// Nothing at all for no extensions: the SEQUENCE has at least one (RFC 5280 §4.1).
    static func sequence(_ extensions: [Self]) -> [UInt8] {
        extensions.isEmpty ? [] : LabDER.sequence(extensions.map(\.der))
    }
}

extension LabExtension {
    package static func subjectKeyIdentifier(_ identifier: [UInt8]) -> Self {
        Self("2.5.29.14", value: LabDER.octetString(identifier))
    }

    package static func authorityKeyIdentifier(_ identifier: [UInt8]) -> Self {
        Self("2.5.29.35", value: LabDER.sequence(LabDER.implicit(0, identifier)))
    }

    package static func basicConstraints(_ constraints: LabCertificateProfile.BasicConstraints) -> Self? {
        switch constraints {
        case .absent: nil
        case .endEntity: Self("2.5.29.19", .critical, value: LabDER.sequence())
        case .authority(let pathLength):
            Self(
                "2.5.29.19", .critical,
                value: LabDER.sequence(LabDER.boolean(true), pathLength.map { LabDER.integer($0) } ?? [])
            )
        }
    }

    package static func extendedKeyUsage(
        _ purposes: [LabKeyPurpose], _ criticality: Criticality = .nonCritical
    ) -> Self {
        Self("2.5.29.37", criticality, value: LabDER.sequence(purposes.map { LabDER.objectIdentifier($0.type) }))
    }

    /// Certificate policies without qualifiers.
    package static func certificatePolicies(_ policies: [String], _ criticality: Criticality = .nonCritical) -> Self {
        Self("2.5.29.32", criticality, value: LabDER.sequence(policies.map { LabDER.sequence(LabDER.objectIdentifier($0)) }))
    }

    package static func nameConstraints(
        permitted: [LabGeneralName] = [], excluded: [LabGeneralName] = []
    ) throws(LabPKIFailure) -> Self {
        var subtrees: [[UInt8]] = []
        for (tag, names) in [(UInt8(0), permitted), (1, excluded)] where !names.isEmpty {
            var content: [UInt8] = []
            for name in names { content += LabDER.sequence(try name.der()) }
            subtrees.append(LabDER.explicit(tag, content))
        }
        return Self("2.5.29.30", .critical, value: LabDER.sequence(subtrees))
    }

    package static func ocspResponders(_ urls: [String]) -> Self {
        let descriptions = urls.map { url in
            LabDER.sequence(LabDER.objectIdentifier("1.3.6.1.5.5.7.48.1"), LabDER.implicit(6, Array(url.utf8)))
        }
        return Self("1.3.6.1.5.5.7.1.1", value: LabDER.sequence(descriptions))
    }

    package static func crlNumber(_ number: UInt64) -> Self { Self("2.5.29.20", value: LabDER.integer(number)) }

    package static func deltaCRLIndicator(base: UInt64) -> Self {
        Self("2.5.29.27", .critical, value: LabDER.integer(base))
    }
}

/// What a key may be used for: an element of extendedKeyUsage.
package struct LabKeyPurpose: Hashable, Sendable {
    package let type: String
    package init(_ type: String) { self.type = type }

    package static let serverAuth = Self("1.3.6.1.5.5.7.3.1")
    package static let clientAuth = Self("1.3.6.1.5.5.7.3.2")
    package static let codeSigning = Self("1.3.6.1.5.5.7.3.3")
    package static let ocspSigning = Self("1.3.6.1.5.5.7.3.9")
    package static let any = Self("2.5.29.37.0")
}

/// The bits of keyUsage, the first one highest (RFC 5280 §4.2.1.3).
package struct LabKeyUsage: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let digitalSignature = Self(rawValue: 1 << 15)
    package static let nonRepudiation = Self(rawValue: 1 << 14)
    package static let keyEncipherment = Self(rawValue: 1 << 13)
    package static let dataEncipherment = Self(rawValue: 1 << 12)
    package static let keyAgreement = Self(rawValue: 1 << 11)
    package static let keyCertSign = Self(rawValue: 1 << 10)
    package static let cRLSign = Self(rawValue: 1 << 9)

    /// A named bit list drops its trailing zero bits (X.690 §11.2.2).
    var certificateExtension: LabExtension {
        let significant = 16 - rawValue.trailingZeroBitCount
        let octets = [UInt8(rawValue >> 8), UInt8(rawValue & 0xff)].prefix((significant + 7) / 8)
        let unused = UInt8(octets.count * 8 - significant)
        return LabExtension("2.5.29.15", .critical, value: LabDER.bitString(Array(octets), unusedBits: unused))
    }
}

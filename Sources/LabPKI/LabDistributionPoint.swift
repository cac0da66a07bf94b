/// Where a certificate says that its status is published, to be written into it (RFC 5280 §4.2.1.13).
package struct LabDistributionPoint: Hashable, Sendable {
    /// DistributionPointName.
    package enum Name: Hashable, Sendable {
        case full([LabGeneralName])
        /// Relative to the name of the list's issuer.
        case relative([LabName.Attribute])

        package static func url(_ url: String) -> Self { .full([.uri(url)]) }

        func der() throws(LabPKIFailure) -> [UInt8] {
            switch self {
            case .full(let names):
                var elements: [UInt8] = []
                for name in names { elements += try name.der() }
                return LabDER.explicit(0, elements)
            case .relative(let attributes):
                let pairs = attributes.map { LabDER.sequence(LabDER.objectIdentifier($0.type), $0.value) }
                return LabDER.explicit(1, LabDER.concatenation(pairs))
            }
        }
    }

    package var name: Name?
    package var reasons: LabReasons?
    package var crlIssuers: [LabGeneralName]

    package init(_ name: Name?, reasons: LabReasons? = nil, crlIssuers: [LabGeneralName] = []) {
        self.name = name
        self.reasons = reasons
        self.crlIssuers = crlIssuers
    }

    func der() throws(LabPKIFailure) -> [UInt8] {
        var issuers: [UInt8] = []
        for issuer in crlIssuers { issuers += try issuer.der() }
        return LabDER.sequence(
            try name.map { (name) throws(LabPKIFailure) in LabDER.explicit(0, try name.der()) } ?? [],
            reasons.map { $0.der(tag: 1) } ?? [],
            issuers.isEmpty ? [] : LabDER.explicit(2, issuers)
        )
    }
}

/// ReasonFlags: bit n of the standard as 1 << n.
package struct LabReasons: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let keyCompromise = Self(rawValue: 1 << 1)
    package static let caCompromise = Self(rawValue: 1 << 2)
    package static let superseded = Self(rawValue: 1 << 4)
    package static let certificateHold = Self(rawValue: 1 << 6)
    package static let all = Self(rawValue: 0b1_1111_1110)

    /// A named bit list drops its trailing zero bits (X.690 §11.2.2).
    func der(tag: UInt8) -> [UInt8] {
        let count = 16 - rawValue.leadingZeroBitCount
        var octets = [UInt8](repeating: 0, count: (count + 7) / 8)
        for bit in 0..<count where rawValue & 1 << UInt16(bit) != 0 { octets[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return LabDER.implicit(tag, [UInt8(octets.count * 8 - count)] + octets)
    }
}

extension LabExtension {
    package static func crlDistributionPoints(_ urls: [String]) throws(LabPKIFailure) -> Self {
        try crlDistributionPoints(urls.map { LabDistributionPoint(.url($0)) })
    }

    package static func crlDistributionPoints(_ points: [LabDistributionPoint]) throws(LabPKIFailure) -> Self {
        var encoded: [[UInt8]] = []
        for point in points { encoded.append(try point.der()) }
        return Self("2.5.29.31", value: LabDER.sequence(encoded))
    }

    /// What a list is limited to (RFC 5280 §5.2.5).
    package enum ListScope: Sendable { case userCertificates, authorityCertificates, attributeCertificates, indirect }

    package static func issuingDistributionPoint(
        _ name: LabDistributionPoint.Name? = nil, scopes: [ListScope] = [], reasons: LabReasons? = nil
    ) throws(LabPKIFailure) -> Self {
        func flag(_ scope: ListScope, _ tag: UInt8) -> [UInt8] { scopes.contains(scope) ? LabDER.implicit(tag, [0xff]) : [] }
        let encodedName = try name.map { (name) throws(LabPKIFailure) in LabDER.explicit(0, try name.der()) }
        return Self(
            "2.5.29.28", .critical,
            value: LabDER.sequence(
                encodedName ?? [], flag(.userCertificates, 1), flag(.authorityCertificates, 2),
                reasons.map { $0.der(tag: 3) } ?? [], flag(.indirect, 4), flag(.attributeCertificates, 5)
            )
        )
    }

    /// Whose certificate an entry of an indirect list is, and those of the entries after it (§5.3.3).
    package static func certificateIssuer(_ name: LabName) throws(LabPKIFailure) -> Self {
        Self("2.5.29.29", .critical, value: try LabGeneralName.sequence([.directoryName(name)]))
    }
}

import DER
import PKITypes
import X509

/// What a list is limited to (RFC 5280 §5.2.5): under which names it is published, whose certificates and which reasons it
/// covers. Absence of a certificate from a list outside of these limits proves nothing.
package struct IssuingDistributionPoint: Hashable, Sendable {
    /// Kinds of holders to which a list is limited. At most one is set by a conforming issuer; two cover nobody.
    package struct Holders: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let userCertificates = Self(rawValue: 1)
        package static let authorityCertificates = Self(rawValue: 2)
        package static let attributeCertificates = Self(rawValue: 4)
    }

    /// Nil: every distribution point.
    package let name: DistributionPointName?
    /// Empty: all.
    package let onlyHolders: Holders
    /// All reasons when the list does not limit them.
    package let reasons: ReasonFlags
    /// Whether entries of other issuers than the list's own may stand in it.
    package let isIndirect: Bool
    /// The extension's value. Two lists have the same scope when these octets are the same (§5.2.4).
    package let encoded: [UInt8]

    package static func == (left: Self, right: Self) -> Bool { left.encoded == right.encoded }
    package func hash(into hasher: inout Hasher) { hasher.combine(encoded) }

    /// - Parameter issuer: the DER of the name of the list's issuer.
    package init(from extensionValue: DERReader, issuer: [UInt8]) throws(DERFailure) {
        encoded = Array(extensionValue.bytes[extensionValue.position..<extensionValue.end])
        var outer = extensionValue
        var fields = try outer.readSequence()
        try outer.requireEnd()
        name = try fields.readContentsIfPresent(.contextConstructed(0)).map { (wrapped) throws(DERFailure) in
            try DistributionPointName(from: wrapped, relativeTo: issuer)
        }
        var holders: Holders = []
        if try Self.flag(1, from: &fields) { holders.insert(.userCertificates) }
        if try Self.flag(2, from: &fields) { holders.insert(.authorityCertificates) }
        reasons =
            try fields.readIfPresent(.contextPrimitive(3)).map { (element) throws(DERFailure) in
                try ReasonFlags(from: element, in: fields)
            } ?? .all
        isIndirect = try Self.flag(4, from: &fields)
        if try Self.flag(5, from: &fields) { holders.insert(.attributeCertificates) }
        try fields.requireEnd()
        onlyHolders = holders
    }

    /// `[number] IMPLICIT BOOLEAN DEFAULT FALSE`; a FALSE that is spelled out is read as what it says.
    private static func flag(_ number: UInt8, from fields: inout DERReader) throws(DERFailure) -> Bool {
        guard let element = try fields.readIfPresent(.contextPrimitive(number)) else { return false }
        switch Array(fields.bytes[element.contents]) {
        case [0x00]: return false
        case [0xff]: return true
        default: throw DERFailure(.booleanInvalid, at: element.start)
        }
    }
}

import DER
import X509

/// What the extensions of a list say about the whole of it (RFC 5280 §5.2).
struct ListExtensions {
    private(set) var number: CRLNumber?
    private(set) var authorityKeyIdentifier: [UInt8]?
    /// Not nil: a delta against the list of this number, or a later one.
    private(set) var deltaBase: CRLNumber?
    private(set) var issuingDistributionPoint: IssuingDistributionPoint?
    private(set) var support = ListSupport.supported

    /// A list without any.
    init() {}

    /// What `[0] EXPLICIT Extensions` holds.
    ///
    /// - Parameter issuer: the DER of the name of the list's issuer.
    init(from wrapped: inout DERReader, issuer: [UInt8]) throws(DERFailure) {
        let all = try CertificateExtension.list(from: &wrapped)
        try wrapped.requireEnd()
        for item in all { try interpret(item, DERReader(wrapped.bytes, in: item.value), issuer: issuer) }
        // Without its own number it is older or newer than nothing, and can be applied to nothing (§5.2.3).
        if deltaBase != nil, number == nil { refuse(.deltaWithoutNumber) }
    }

    private mutating func interpret(
        _ item: CertificateExtension, _ value: DERReader, issuer: [UInt8]
    ) throws(DERFailure) {
        switch item.identifier {
        case .cRLNumber:
            number = try CRLNumber(from: value)
            if item.isCritical { refuse(.criticalNumber) }
        case .authorityKeyIdentifier: authorityKeyIdentifier = try AuthorityKeyIdentifier.keyIdentifier(value)
        // Both whatever their criticality: absence from a delta, or from the wrong part, proves nothing.
        case .deltaCRLIndicator: deltaBase = try CRLNumber(from: value)
        case .issuingDistributionPoint: issuingDistributionPoint = try IssuingDistributionPoint(from: value, issuer: issuer)
        default: if item.isCritical { refuse(.unknownCriticalExtension(item.identifier)) }
        }
    }

    private mutating func refuse(_ cause: ListSupport.Cause) {
        if support == .supported { support = .unsupported(cause) }
    }
}

import DER
import X509

/// What the extensions of a list say about the whole of it (RFC 5280 §5.2).
struct ListExtensions {
    private(set) var number: CRLNumber?
    private(set) var authorityKeyIdentifier: [UInt8]?
    private(set) var isDelta = false
    private(set) var support = ListSupport.supported

    /// `[0] EXPLICIT Extensions OPTIONAL`, the last field of the signed part.
    init(from fields: inout DERReader, version: ListVersion) throws(DERFailure) {
        let start = fields.position
        guard let element = try fields.readIfPresent(.contextConstructed(0)) else {
            try fields.requireEnd()
            return
        }
        try fields.requireEnd()
        guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard element.contents.count <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        var wrapped = try fields.contents(of: element)
        let all = try CertificateExtension.list(from: &wrapped)
        try wrapped.requireEnd()
        for item in all { try interpret(item, DERReader(fields.bytes, in: item.value)) }
    }

    private mutating func interpret(_ item: CertificateExtension, _ value: DERReader) throws(DERFailure) {
        switch item.identifier {
        case .cRLNumber: number = try CRLNumber(from: value)
        case .authorityKeyIdentifier: authorityKeyIdentifier = try AuthorityKeyIdentifier.keyIdentifier(value)
        case .deltaCRLIndicator:
            // Whatever its criticality: absence from a delta proves nothing.
            isDelta = true
            refuse(.deltaCRLIndicator)
        case .issuingDistributionPoint: refuse(.issuingDistributionPoint)
        default: if item.isCritical { refuse(.unknownCriticalExtension(item.identifier)) }
        }
    }

    private mutating func refuse(_ cause: ListSupport.Cause) {
        if support == .supported { support = .unsupported(cause) }
    }
}

import DER

/// Whether what a list says is understood in full. One that is not must not be used for any certificate (RFC 5280 §5.2).
package enum ListSupport: Hashable, Sendable {
    case supported
    case unsupported(Cause)

    package enum Cause: Hashable, Sendable {
        case deltaCRLIndicator
        case issuingDistributionPoint
        case unknownCriticalExtension(ObjectIdentifier)
        case unknownCriticalEntryExtension(ObjectIdentifier)
        /// Entries of another issuer (certificateIssuer, §5.3.3).
        case indirect
    }
}

extension ListSupport.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .deltaCRLIndicator: "a delta list"
        case .issuingDistributionPoint: "a list with an issuing distribution point"
        case .unknownCriticalExtension(let identifier): "the unknown critical extension \(identifier)"
        case .unknownCriticalEntryExtension(let identifier): "the unknown critical entry extension \(identifier)"
        case .indirect: "an indirect list"
        }
    }
}

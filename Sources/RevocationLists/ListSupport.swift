import DER

/// Whether what a list says is understood in full. One that is not must not be used for any certificate (RFC 5280 §5.2).
package enum ListSupport: Hashable, Sendable {
    case supported
    case unsupported(Cause)

    package enum Cause: Hashable, Sendable {
        case unknownCriticalExtension(ObjectIdentifier)
        case unknownCriticalEntryExtension(ObjectIdentifier)
        /// Entries of another issuer (certificateIssuer, §5.3.3) in a list that does not say that it is indirect.
        case certificateIssuerInDirectList
        case deltaWithoutNumber
    }
}

extension ListSupport.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCriticalExtension(let identifier): "a list with the unknown critical extension \(identifier)"
        case .unknownCriticalEntryExtension(let identifier): "a list with the unknown critical entry extension \(identifier)"
        case .certificateIssuerInDirectList: "a list with entries of other issuers that is not marked as indirect"
        case .deltaWithoutNumber: "a delta list without a number"
        }
    }
}

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
        /// It must not be (§5.2.3): whoever made it critical meant something else by it.
        case criticalNumber
        case numberMissing
        case certificateListedTwice
    }
}

extension ListSupport.Cause: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCriticalExtension(let identifier): "a list with the unknown critical extension \(identifier)"
        case .unknownCriticalEntryExtension(let identifier): "a list with the unknown critical entry extension \(identifier)"
        case .certificateIssuerInDirectList: "a list with entries of other issuers that is not marked as indirect"
        case .deltaWithoutNumber: "a delta list without a number"
        case .criticalNumber: "a list whose number is marked critical"
        case .numberMissing: "a list without a number"
        case .certificateListedTwice: "a list that names a certificate twice"
        }
    }
}

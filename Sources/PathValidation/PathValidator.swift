import PKITypes

/// Finds a certification path (RFC 5280 §6.1) from what a peer presented to one of its trust anchors.
package protocol PathValidator {
    /// What a peer sent: the leaf and the certificates beside it, in the form that the judge of the path reads.
    associatedtype Presented

    /// - Parameter now: the moment at which every certificate must be valid, both ends included.
    func validate(_ presented: Presented, at now: UnixSeconds) throws(PathFailure) -> ValidatedPath
}

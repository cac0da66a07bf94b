import PKITypes

/// Finds certification paths (RFC 5280 §6.1) from what a peer presented to one of its trust anchors.
package protocol PathValidator {
    /// What a peer sent: the leaf and the certificates beside it, in the form that the judge of the path reads.
    associatedtype Presented

    /// Offers valid paths, the most promising first, until one is taken. All are found within one work budget.
    ///
    /// - Parameter now: the moment at which every certificate must be valid, both ends included.
    /// - Returns: what the search ran into, to its end or until a path was taken.
    /// - Throws: when there is no path at all. Once one was offered, an end of the search is no failure.
    @discardableResult
    func offerPaths(
        of presented: Presented, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
    ) throws(PathFailure) -> SearchRecord
}

/// What becomes of a path that was offered.
package enum PathChoice: Hashable, Sendable { case take, seekAnother }

extension PathValidator {
    /// The most promising path.
    package func validate(_ presented: Presented, at now: UnixSeconds) throws(PathFailure) -> ValidatedPath {
        var found: ValidatedPath?
        try offerPaths(of: presented, at: now) { path in
            found = path
            return .take
        }
        guard let found else { preconditionFailure("a search ended without a path and without a failure") }
        return found
    }
}

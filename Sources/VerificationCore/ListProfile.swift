import RevocationLists

/// Whether issuers of lists must have kept those rules of RFC 5280 that revocation can do without.
package enum ListProfile: Hashable, Sendable {
    /// As conformance suites have it: a list has a number (§5.2.3) and names no certificate twice. One that does not is not
    /// used, and while it is the newest its issuer's answers are unknown. A list without any extension is of version 1, where
    /// there is no place for a number.
    case strict
    /// The gateway's: a list without a number is as new as its thisUpdate, and of two entries the graver counts. Refusing it
    /// would refuse every device of its issuer.
    case tolerant

    func support(of facts: RevocationListFacts, distinctEntries: Int) -> ListSupport {
        guard self == .strict, facts.support == .supported else { return facts.support }
        let hasExtensions = facts.authorityKeyIdentifier != nil || facts.issuingDistributionPoint != nil
        if facts.number == nil, hasExtensions { return .unsupported(.numberMissing) }
        return facts.entryCount == distinctEntries ? .supported : .unsupported(.certificateListedTwice)
    }
}

import PKITypes
import RevocationLists

/// What a list says besides its entries, as far as the index asks (RFC 5280 §5.1, §5.2).
package struct ListStatement: Hashable, Sendable {
    package let issuer: DistinguishedName
    package let number: CRLNumber?
    package let thisUpdate: UnixSeconds
    package let nextUpdate: UnixSeconds
    /// Not nil: a delta, to be applied to the list of this number or a later one.
    package let deltaBase: CRLNumber?
    package let scope: IssuingDistributionPoint?
    package let authorityKeyIdentifier: [UInt8]?
    package let support: ListSupport
    /// Of an indirect list: those besides its own whose certificates it names, in the order of their ordinals.
    package let otherIssuers: [DistinguishedName]

    package init(
        issuer: DistinguishedName,
        number: CRLNumber?,
        thisUpdate: UnixSeconds,
        nextUpdate: UnixSeconds,
        deltaBase: CRLNumber?,
        scope: IssuingDistributionPoint?,
        authorityKeyIdentifier: [UInt8]?,
        support: ListSupport,
        otherIssuers: [DistinguishedName]
    ) {
        self.issuer = issuer
        self.number = number
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.deltaBase = deltaBase
        self.scope = scope
        self.authorityKeyIdentifier = authorityKeyIdentifier
        self.support = support
        self.otherIssuers = otherIssuers
    }
}

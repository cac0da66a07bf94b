import PKITypes

/// What a certificate revocation list says besides its entries (RFC 5280 §5.1, §5.2). Not believed: no signature is checked.
package struct RevocationListFacts: Hashable, Sendable {
    package let issuer: DistinguishedName
    /// Where the issuer's name lies, counted from the list's first octet, like ``signedPart``.
    package let issuerRange: Range<Int>
    /// The issuer's name, DER: a distribution point's name may be relative to it.
    package let issuerOctets: [UInt8]
    package let thisUpdate: UnixSeconds
    /// Nil when the list does not say how long it is good for; what to do then is policy.
    package let nextUpdate: UnixSeconds?
    package let number: CRLNumber?
    package let authorityKeyIdentifier: [UInt8]?
    /// Not nil: a delta, to be applied to the list of this number or a later one of the same scope (§5.2.4).
    package let deltaBase: CRLNumber?
    /// Nil: a list of every certificate that its issuer issued.
    package let issuingDistributionPoint: IssuingDistributionPoint?
    package let support: ListSupport
    /// The issuers whose certificates an indirect list names, besides its own; ``ListedEntry/issuer`` counts them from one.
    package let otherIssuers: [DistinguishedName]
    /// How many ``ListedEntry`` the list gave, each repetition of a serial number counted.
    package let entryCount: Int
    /// The AlgorithmIdentifier, DER: the same inside and outside the signed part.
    package let signatureAlgorithm: [UInt8]
    package let signatureValue: [UInt8]
    /// Where the tbsCertList lies.
    package let signedPart: Range<Int>
    /// Of the whole list.
    package let octetCount: Int

    package init(
        issuer: DistinguishedName,
        issuerRange: Range<Int>,
        issuerOctets: [UInt8],
        thisUpdate: UnixSeconds,
        nextUpdate: UnixSeconds?,
        number: CRLNumber?,
        authorityKeyIdentifier: [UInt8]?,
        deltaBase: CRLNumber?,
        issuingDistributionPoint: IssuingDistributionPoint?,
        support: ListSupport,
        otherIssuers: [DistinguishedName],
        entryCount: Int,
        signatureAlgorithm: [UInt8],
        signatureValue: [UInt8],
        signedPart: Range<Int>,
        octetCount: Int
    ) {
        self.issuer = issuer
        self.issuerRange = issuerRange
        self.issuerOctets = issuerOctets
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.number = number
        self.authorityKeyIdentifier = authorityKeyIdentifier
        self.deltaBase = deltaBase
        self.issuingDistributionPoint = issuingDistributionPoint
        self.support = support
        self.otherIssuers = otherIssuers
        self.entryCount = entryCount
        self.signatureAlgorithm = signatureAlgorithm
        self.signatureValue = signatureValue
        self.signedPart = signedPart
        self.octetCount = octetCount
    }
}

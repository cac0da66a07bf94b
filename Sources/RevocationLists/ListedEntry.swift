import PKITypes

/// One certificate that a list revokes, as it comes out of the stream: an entry of an indirect list that speaks for several
/// issuers comes once for each.
package struct ListedEntry: Hashable, Sendable {
    package let serial: SerialNumber
    package let reason: RevocationReason
    /// Who issued the certificate: 0 for the list's own issuer, n for the n-th of ``RevocationListFacts/otherIssuers``.
    package let issuer: UInt32
    package let revokedAt: UnixSeconds

    package init(serial: SerialNumber, reason: RevocationReason, revokedAt: UnixSeconds, issuer: UInt32 = 0) {
        self.serial = serial
        self.reason = reason
        self.issuer = issuer
        self.revokedAt = revokedAt
    }
}

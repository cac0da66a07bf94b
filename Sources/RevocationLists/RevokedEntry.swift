import PKITypes

/// One certificate that a list revokes.
package struct RevokedEntry: Hashable, Sendable {
    package let serial: SerialNumber
    package let reason: RevocationReason
    package let revokedAt: UnixSeconds

    package init(serial: SerialNumber, reason: RevocationReason, revokedAt: UnixSeconds) {
        self.serial = serial
        self.reason = reason
        self.revokedAt = revokedAt
    }
}

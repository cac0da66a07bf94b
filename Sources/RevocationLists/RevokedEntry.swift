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

extension [RevokedEntry] {
    /// The entry for `serial` among entries in the order of their serial numbers.
    package func entry(for serial: SerialNumber) -> RevokedEntry? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].serial < serial { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low].serial == serial ? self[low] : nil
    }
}

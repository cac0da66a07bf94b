import PKITypes

/// Which devices: every condition that is set must hold.
package struct DeviceFilter: Hashable, Sendable {
    package var states: Set<DeviceState> = []
    package var model: String?
    package var udiDI: String?
    package var lot: String?
    package var owner: String?
    package var site: String?
    package var zone: String?
    /// The trust-anchor entry, or the name of the issuer, of a good credential.
    package var authority: String?
    /// Not seen for so long, or never since it was enrolled so long ago.
    package var idleSeconds: Int64?
    package var onlyOwnerless = false
    /// Has a good credential, and the last of these ends so soon.
    package var expiringSeconds: Int64?
    /// Retired, with a certificate that has not expired.
    package var onlyValidButRetired = false
    /// May connect and never did, or was granted a window and has not come since it began.
    package var onlyRightsNeverUsed = false
    /// Has a credential that overlapped with its successor, and should no longer.
    package var onlyOverlapEnded = false
    /// Identities behind this one, in the order of their octets: the next page of a list.
    package var after: DeviceIdentity?

    package init() {}

    /// Whether it selects everything, which a bulk change must not do by an option that was forgotten.
    package var isEmpty: Bool { self == Self() }

    package func selects(_ record: DeviceRecord, at now: UnixSeconds) -> Bool {
        let description = record.description
        return (states.isEmpty || states.contains(record.state))
            && (model.map { $0 == description.model } ?? true)
            && (udiDI.map { $0 == description.udiDI } ?? true)
            && (lot.map { $0 == description.lot } ?? true)
            && (owner.map { $0 == description.owner } ?? true)
            && (site.map { $0 == description.site } ?? true)
            && (zone.map { $0 == description.zone } ?? true)
            && (authority.map { isIssued(record, by: $0, at: now) } ?? true)
            && (idleSeconds.map { now - (record.lastSeen ?? record.enrolledAt) > $0 } ?? true)
            && (!onlyOwnerless || description.owner.isEmpty)
            && (expiringSeconds.map { isExpiring(record, within: $0, at: now) } ?? true)
            && (!onlyValidButRetired || isValidButRetired(record, at: now))
            && (!onlyRightsNeverUsed || hasUnusedRights(record, at: now))
            && (!onlyOverlapEnded || hasEndedOverlap(record, at: now))
            && (after.map { $0.text.utf8.lexicographicallyPrecedes(record.identity.text.utf8) } ?? true)
    }

    private func hasEndedOverlap(_ record: DeviceRecord, at now: UnixSeconds) -> Bool {
        record.credentials.contains { if case .overlapping(let until) = $0.standing { until < now } else { false } }
    }

    private func isIssued(_ record: DeviceRecord, by authority: String, at now: UnixSeconds) -> Bool {
        record.credentials.contains {
            $0.isGood(at: now) && ($0.id.anchorEntry == authority || $0.id.issuer.display == authority)
        }
    }

    private func isExpiring(_ record: DeviceRecord, within seconds: Int64, at now: UnixSeconds) -> Bool {
        guard record.state != .retired else { return false }
        let last = record.credentials.filter { $0.isGood(at: now) }.map(\.validity.notAfter).max()
        return last.map { $0 - now <= seconds } ?? false
    }

    private func isValidButRetired(_ record: DeviceRecord, at now: UnixSeconds) -> Bool {
        record.state == .retired && record.credentials.contains { $0.validity.contains(now) }
    }

    private func hasUnusedRights(_ record: DeviceRecord, at now: UnixSeconds) -> Bool {
        switch record.state {
        case .active, .rotating: break
        case .provisioned, .quarantined, .disabled, .retired: return false
        }
        guard let lastSeen = record.lastSeen else { return true }
        return record.windows.contains { $0.from > lastSeen && $0.from <= now }
    }
}

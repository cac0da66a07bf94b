/// What a trust anchor's operator wants when revocation data does not answer. The strict side comes first.
package struct RevocationPolicy: Hashable, Sendable {
    package var unknownStatus: UnknownStatusPolicy
    package var stale: StaleListPolicy

    package init(unknownStatus: UnknownStatusPolicy = .refuse, stale: StaleListPolicy = .strict) {
        self.unknownStatus = unknownStatus
        self.stale = stale
    }
}

/// No list answers for a certificate: absence of data is unknown, never good.
package enum UnknownStatusPolicy: String, Hashable, Sendable, CaseIterable { case refuse, admit }

/// A list is past its nextUpdate.
package struct StaleListPolicy: Hashable, Sendable {
    /// Which devices may still connect within the grace.
    package enum Admit: String, Hashable, Sendable, CaseIterable { case none, all }
    /// What happens to sessions that were admitted while the list was fresh.
    package enum LiveSessions: String, Hashable, Sendable, CaseIterable { case close, keep }

    package var admit: Admit
    package var liveSessions: LiveSessions
    package var graceSeconds: Int64
    package var warnBeforeSeconds: Int64

    package init(admit: Admit, liveSessions: LiveSessions, graceSeconds: Int64, warnBeforeSeconds: Int64) {
        self.admit = admit
        self.liveSessions = liveSessions
        self.graceSeconds = graceSeconds
        self.warnBeforeSeconds = warnBeforeSeconds
    }

    /// A stale list admits nobody and ends nothing that it once allowed.
    package static let strict = Self(admit: .none, liveSessions: .keep, graceSeconds: 0, warnBeforeSeconds: 0)
}

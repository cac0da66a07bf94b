/// The period in which a certificate may be used; both ends belong to it (RFC 5280 §4.1.2.5).
package struct Validity: Hashable, Sendable {
    package let notBefore: UnixSeconds
    package let notAfter: UnixSeconds

    package init(notBefore: UnixSeconds, notAfter: UnixSeconds) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    package func contains(_ moment: UnixSeconds) -> Bool { notBefore <= moment && moment <= notAfter }

    /// The length in seconds; a certificate whose notAfter precedes its notBefore has none.
    package var lifetimeSeconds: Int64 { max(0, notAfter - notBefore) }

    /// It has no well-defined end (RFC 5280 §4.1.2.5), as what a manufacturer gives a device for its life (IEEE 802.1AR).
    package var hasNoEnd: Bool { notAfter == .noEnd }

    package func intersection(_ other: Self) -> Self {
        Self(notBefore: max(notBefore, other.notBefore), notAfter: min(notAfter, other.notAfter))
    }
}

extension UnixSeconds {
    /// 99991231235959Z.
    package static let noEnd = UnixSeconds(253_402_300_799)
}

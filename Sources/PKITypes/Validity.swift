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

    package func intersection(_ other: Self) -> Self {
        Self(notBefore: max(notBefore, other.notBefore), notAfter: min(notAfter, other.notAfter))
    }
}

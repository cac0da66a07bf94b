import PKITypes

/// What a decision needs to know of the connection beside the certificate.
package struct ConnectionFacts: Sendable {
    package let listener: String
    /// Nil for a device on a unix socket: no network rule can hold for it.
    package let source: IPAddress?
    package let tlsVersion: TLSVersion

    package init(listener: String, source: IPAddress?, tlsVersion: TLSVersion) {
        self.listener = listener
        self.source = source
        self.tlsVersion = tlsVersion
    }
}

/// When a decision is made: before anything was relayed, or again while a session lives.
package enum DecisionMoment: Sendable { case admission, liveSession }

import PKITypes

/// What a decision needs to know of the connection beside the certificate.
package struct ConnectionFacts: Sendable {
    package let listener: String
    /// Nil for a device on a unix socket: no network rule can hold for it.
    package let source: IPAddress?
    package let tlsVersion: TLSVersion
    package let registryWord: RegistryWord

    package init(listener: String, source: IPAddress?, tlsVersion: TLSVersion, registryWord: RegistryWord = .none) {
        self.listener = listener
        self.source = source
        self.tlsVersion = tlsVersion
        self.registryWord = registryWord
    }
}

/// What the registry has said of the very credential of a connection, where decisions have to ask it.
package enum RegistryWord: Hashable, Sendable {
    case none, admitted
    /// What a listener only reports is asked about once a connection, too.
    case refused(RefusalReason)
}

/// When a decision is made: before anything was relayed, or again while a session lives.
package enum DecisionMoment: Sendable { case admission, liveSession }

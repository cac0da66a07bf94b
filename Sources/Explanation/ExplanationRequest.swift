import PKITypes
import VerificationCore

/// A device that would connect: what it shows, from where, to which listener, when.
package struct ExplanationRequest: Sendable {
    package let configurationFile: String
    package let listener: ListenerUnderQuestion
    /// DER, the leaf first, as the device sends them.
    package let chain: [[UInt8]]
    /// Nil: not said, so no rule on networks can hold.
    package let source: IPAddress?
    package let tlsVersion: TLSVersion
    package let moment: UnixSeconds

    package init(
        configurationFile: String, listener: ListenerUnderQuestion, chain: [[UInt8]], source: IPAddress?, tlsVersion: TLSVersion,
        moment: UnixSeconds
    ) {
        precondition(!chain.isEmpty, "a device shows at least its own certificate")
        self.configurationFile = configurationFile
        self.listener = listener
        self.chain = chain
        self.source = source
        self.tlsVersion = tlsVersion
        self.moment = moment
    }

    var facts: ConnectionFacts { ConnectionFacts(listener: listener.name, source: source, tlsVersion: tlsVersion) }
}

/// What the configuration says of the listener, beside its path engine.
package struct ListenerUnderQuestion: Sendable {
    package let name: String
    package let trust: [String]
    package let snapshot: VerificationSnapshot
    package let certificates: [ConfiguredCertificate]
    package let tlsVersions: [TLSVersion]
    /// Octets of a certificate message.
    package let maximumChainOctets: Int

    package init(
        name: String, trust: [String], snapshot: VerificationSnapshot, certificates: [ConfiguredCertificate],
        tlsVersions: [TLSVersion], maximumChainOctets: Int
    ) {
        self.name = name
        self.trust = trust
        self.snapshot = snapshot
        self.certificates = certificates
        self.tlsVersions = tlsVersions
        self.maximumChainOctets = maximumChainOctets
    }
}

/// A certificate that the configuration names.
package struct ConfiguredCertificate: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable { case anchor, intermediate }

    package let anchorEntry: String
    package let role: Role
    package let der: [UInt8]
    package let file: String

    package init(anchorEntry: String, role: Role, der: [UInt8], file: String) {
        self.anchorEntry = anchorEntry
        self.role = role
        self.der = der
        self.file = file
    }
}

import PKITypes
import VerificationCore

/// A validated configuration: every value is in its bounds, every name it refers to exists, every path is absolute.
///
/// Made by ``ConfigurationReader`` from text; what is written here is the effective configuration, defaults included.
package struct GatewayConfiguration: Hashable, Sendable {
    package var stateDirectory: String
    /// Loop threads; nil means one per core.
    package var workers: Int?
    package var trustAnchors: [TrustAnchorSettings]
    package var listeners: [ListenerSettings]
    package var upstreams: [UpstreamSettings]
    package var policies: [PolicySettings]
    /// The path of the admin API's unix socket.
    package var adminSocket: String
    package var metricsBind: BindAddress?
    package var log: LogSettings
    package var registry: RegistrySettings
    package var changeGuard: ChangeGuardSettings
    package var shutdownDrainSeconds: Int64
    /// For thisUpdate only.
    package var clockSkewSeconds: Int64
}

package struct TrustAnchorSettings: Hashable, Sendable {
    package var name: String
    package var certificateFiles: [String]
    package var intermediateFiles: [String]
    package var identity: IdentitySource
    /// Empty: any identity (allowed only where a listener trusts this anchor alone).
    package var vouchesFor: [String]
    package var warnCertificateLifetimeSeconds: Int64?
    package var maximumCertificateLifetimeSeconds: Int64
    package var crlFiles: [String]
    package var unknownStatus: UnknownStatusPolicy
    package var stale: StaleListPolicy
}

package struct ListenerSettings: Hashable, Sendable {
    package var name: String
    package var bind: [BindAddress]
    package var serverCertificates: [CertificateFiles]
    /// Names of trust anchors, at least one.
    package var trust: [String]
    package var profile: TLSProfileName
    /// Extended key usages that a device's certificate must name beside clientAuth; dotted object identifiers.
    package var keyPurposes: [String]
    package var alpn: [String]
    package var resumption: ResumptionPolicy
    /// Nil: everything is enforced.
    package var observation: Observation?
    package var timeouts: TimeoutSettings
    package var limits: LimitSettings
    /// Name of an upstream.
    package var upstream: String
}

package struct CertificateFiles: Hashable, Sendable {
    package var chainFile: String
    package var keyFile: String
}

package enum TLSProfileName: String, Hashable, Sendable, CaseIterable {
    case bcp195
    case tls13Only = "tls13-only"
}

/// Whether a device that comes back may go on from its TLS session.
package enum ResumptionPolicy: String, Hashable, Sendable, CaseIterable { case never, allowed }

/// All in seconds; nil means no limit.
package struct TimeoutSettings: Hashable, Sendable {
    package var handshakeSeconds: Int64
    package var connectSeconds: Int64
    package var idleSeconds: Int64?
    package var deadPeerSeconds: Int64?
    package var sessionSeconds: Int64?
}

package struct LimitSettings: Hashable, Sendable {
    package var connections: Int
    package var handshakesInFlight: Int
    /// Most CA certificates between the leaf and the trust anchor.
    package var chainDepth: Int
    /// Bytes of the presented chain as sent.
    package var chainBytes: Int
}

package struct UpstreamSettings: Hashable, Sendable {
    package var name: String
    package var addresses: [UpstreamAddress]
    package var tls: UpstreamTLSSettings?
    package var identity: UpstreamIdentity
}

package enum UpstreamIdentity: String, Hashable, Sendable {
    case none
    case proxyV2 = "proxy-v2"
}

package struct UpstreamTLSSettings: Hashable, Sendable {
    package var trustFile: String
    /// The name that the upstream's certificate must carry as a SAN (RFC 9525): a DNS name or an IP address.
    package var serverName: String
    package var certificate: CertificateFiles?
}

package enum UpstreamAddress: Hashable, Sendable {
    /// A DNS name or a literal address, and a port.
    case host(String, port: UInt16)
    case unix(path: String)
}

package enum BindAddress: Hashable, Sendable {
    /// A literal address (`*` is not one); IPv6 without its brackets.
    case address(String, port: UInt16)
    case unix(path: String)
}

package struct PolicySettings: Hashable, Sendable {
    package var name: String
    package var devices: AccessPolicy.Devices
    /// Nil matches every identity.
    package var identityPattern: String?
    /// Empty matches every listener.
    package var listeners: [String]
    /// Empty allows every network.
    package var networks: [NetworkPrefix]
    package var minimumTLSVersion: TLSVersion?
    package var warnCertificateAgeSeconds: Int64?
    package var maximumCertificateAgeSeconds: Int64?
    /// Nil: any time.
    package var hours: WeeklyHours?
    /// By attribute.
    package var posture: [PostureRequirement]
    /// Nil: any number.
    package var sessions: SessionLimit?
    package var secondNetwork: SecondNetworkAnswer
}

/// What it comes to when a certificate is in use in two networks. Strict first.
package enum SecondNetworkAnswer: String, Hashable, Sendable, CaseIterable {
    /// The device is, until a person has looked.
    case quarantine
    /// Somebody hears of it.
    case alarm
    /// Nothing: such devices roam.
    case ignore
}

/// What is asked of the certificates of registered devices.
package struct RegistrySettings: Hashable, Sendable {
    package var firstUse: FirstUse
    package var unknownKey: FindingAnswer
    package var supersededReturned: FindingAnswer
    package var keyUnderTwoIdentities: FindingAnswer
    package var renewedWithSameKey: FindingAnswer
    package var overlapSeconds: Int64
    package var hooks: [HookSettings]
}

/// Who else hears of devices' steps.
package struct HookSettings: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        case webhook(url: String)
        /// A program by its absolute path, and its arguments.
        case exec([String])
    }

    package var name: String
    package var states: Set<DeviceState>
    package var action: Action
    package var timeoutSeconds: Int64
    package var attempts: Int
}

package struct LogSettings: Hashable, Sendable {
    package enum Format: String, Hashable, Sendable, CaseIterable { case json, text }
    package enum Level: String, Hashable, Sendable, CaseIterable { case debug, info, warning, error }
    package var format: Format
    package var level: Level
}

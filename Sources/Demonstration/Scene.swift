/// One thing that the demonstration shows: who connects, with what, and how it is told to end.
package struct Scene: Sendable {
    enum Action: Sendable {
        /// Connects, sends these octets and reads the answer.
        case deliver(@Sendable (CastMember) -> [UInt8])
        /// Is revoked while its stream runs.
        case streamUntilRevoked
        /// Streams through all of it.
        case streamOn
    }

    package enum Act: CaseIterable, Sendable { case admitted, refused, revokedLive }

    /// One word for scripts.
    package let name: String
    package let act: Act
    package let member: CastMember
    package let port: DemonstrationPort
    /// What is with the device's certificate, in a few words.
    package let certificate: String
    package let told: Experience
    let action: Action
    /// Why it is so, where the table does not say it.
    let explanation: String?

    /// In this order; a scene of the last act builds on the ones before it.
    package static let all: [Scene] = admitted + refused + revokedLive

    private static let admitted = [
        Scene("admitted-pump", .admitted, .pump, .telemetry, "good", .admitted, readings),
        Scene("admitted-monitor", .admitted, .monitor, .telemetry, "good, TLS 1.2", .admitted, readings),
        Scene("admitted-imaging", .admitted, .scanner, .imaging, "good", .admitted, .deliver { _ in Telemetry.image() }),
        Scene("admitted-vendor-tool", .admitted, .vendorTool, .imaging, "good, vendor CA", .admitted, readings),
    ]

    private static let refused = [
        Scene("revoked", .refused, .revokedPump, .telemetry, "revoked", .refused("revoked", 44), readings),
        Scene(
            "unknown-ca", .refused, .stranger, .telemetry, "of an unknown CA", .refused("unknown-ca", 48), readings,
            explanation: "it says that it is infusion pump 0417"
        ),
        Scene("no-certificate", .refused, .pumpWithoutCertificate, .telemetry, "none", .refused("no-certificate", 116), readings),
        Scene("expired", .refused, .expiredScanner, .imaging, "expired", .refused("expired", 45), readings),
        Scene(
            "not-in-policy", .refused, .vendorTool, .telemetry, "good, vendor CA", .refused("no-policy", 46), readings,
            explanation: "the policies let vendor tools into the imaging port, not into the telemetry port"
        ),
        Scene(
            "another-authority", .refused, .impostor, .telemetry, "vendor CA", .refused("identity-out-of-scope", 42), readings,
            explanation: "it says that it is infusion pump 0417, for which the vendor's CA may not speak"
        ),
    ]

    private static let revokedLive = [
        Scene(
            "cut-while-streaming", .revokedLive, .streamingPump, .telemetry, "revoked just now",
            Experience(decision: .cut, reason: "revoked", alert: 0), .streamUntilRevoked
        ),
        Scene("refused-reconnect", .revokedLive, .streamingPump, .telemetry, "it tries again", .refused("revoked", 44), readings),
        Scene(
            "others-untouched", .revokedLive, .streamingMonitor, .telemetry, "good, TLS 1.2",
            Experience(decision: .kept, reason: "admitted", alert: nil), .streamOn
        ),
    ]

    private static let readings = Action.deliver { Telemetry.readings(of: $0, count: 3) }

    private init(
        _ name: String, _ act: Act, _ member: CastMember, _ port: DemonstrationPort, _ certificate: String, _ told: Experience,
        _ action: Action, explanation: String? = nil
    ) {
        self.name = name
        self.act = act
        self.member = member
        self.port = port
        self.certificate = certificate
        self.told = told
        self.action = action
        self.explanation = explanation
    }
}

/// How a scene ends: told before, or observed.
package struct Experience: Hashable, Sendable {
    package enum Decision: String, Sendable {
        case admitted, refused
        /// Admitted, then ended by a new decision.
        case cut
        /// Admitted, and still so after a new decision.
        case kept
        /// Neither answered nor refused by TLS: a fault of the demonstration or of the gateway.
        case failed
    }

    package let decision: Decision
    /// The word in the gateway's log; nil when it wrote nothing.
    package let reason: String?
    /// The code of the alert as the device read it; 0 is close_notify.
    package let alert: UInt8?

    package init(decision: Decision, reason: String?, alert: UInt8?) {
        self.decision = decision
        self.reason = reason
        self.alert = alert
    }

    static let admitted = Self(decision: .admitted, reason: "admitted", alert: nil)

    static func refused(_ reason: String, _ alert: UInt8) -> Self { Self(decision: .refused, reason: reason, alert: alert) }
}

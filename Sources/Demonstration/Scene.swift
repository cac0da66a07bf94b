/// One thing that the demonstration shows: who connects, with what, and how it is told to end.
package struct Scene: Sendable {
    enum Action: Sendable {
        /// Connects, sends these octets and reads the answer; what is changed in the registry is changed before.
        case deliver(@Sendable (CastMember) -> [UInt8], after: RegistryChange? = nil)
        /// The same, with the TLS session of its visit before.
        case resume(@Sendable (CastMember) -> [UInt8])
        /// Its right ends while its stream runs.
        case streamUntil(RightEnding)
        /// Streams through all of it.
        case streamOn
    }

    /// What an operator does.
    enum RegistryChange: Sendable { case enroll, rotate }
    enum RightEnding: Sendable { case revoked, retired }

    package enum Act: CaseIterable, Sendable { case admitted, refused, registered, revokedLive }

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
    package static let all: [Scene] = admitted + refused + registered + revokedLive

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

    private static let registered = [
        Scene(
            "unknown-device", .registered, .ventilator, .telemetry, "good", .refused("device-unknown", 46), readings,
            explanation: "its certificate is good, and nobody has enrolled it"
        ),
        Scene(
            "enrolled", .registered, .ventilator, .telemetry, "good", .admitted, readings(after: .enroll),
            explanation: "enrolled just now; its first use binds this certificate's key to it"
        ),
        Scene(
            "another-key", .registered, .otherVentilator, .telemetry, "good, another key", .refused("credential-not-bound", 46),
            readings, explanation: "the same name, certified by the same CA: it is not the device that was bound"
        ),
        Scene(
            "rotated", .registered, .renewedVentilator, .telemetry, "good, its new one", .admitted, readings(after: .rotate),
            explanation: "a rotation was announced: the new key is bound, the old one has its overlap"
        ),
        Scene(
            "resumed", .registered, .renewedVentilator, .telemetry, "none: a session", .admitted, resumption,
            explanation: "it goes on from its TLS session, and was decided about all the same"
        ),
        Scene(
            "retired-while-streaming", .registered, .renewedVentilator, .telemetry, "good",
            Experience(decision: .cut, reason: "device-retired", alert: 0), .streamUntil(.retired)
        ),
        Scene(
            "refused-return", .registered, .renewedVentilator, .telemetry, "good, unexpired", .refused("device-retired", 44),
            readings, explanation: "its certificate holds for another year"
        ),
        Scene(
            "refused-session", .registered, .renewedVentilator, .telemetry, "a session, then it",
            .refused("device-retired", 44), resumption,
            explanation: "its TLS session opens nothing: a full handshake, and its alert"
        ),
    ]

    private static let revokedLive = [
        Scene(
            "cut-while-streaming", .revokedLive, .streamingPump, .telemetry, "revoked just now",
            Experience(decision: .cut, reason: "revoked", alert: 0), .streamUntil(.revoked)
        ),
        Scene("refused-reconnect", .revokedLive, .streamingPump, .telemetry, "it tries again", .refused("revoked", 44), readings),
        Scene(
            "clone-spotted", .revokedLive, .streamingMonitor, .telemetry, "a copy of its key",
            Experience(decision: .refused, reason: "session-limit", alert: 0), readings,
            explanation: "the policy allows one session; the old one was asked for a sign of life first, and gave it"
        ),
        Scene(
            "others-untouched", .revokedLive, .streamingMonitor, .telemetry, "good, TLS 1.2",
            Experience(decision: .kept, reason: "admitted", alert: nil), .streamOn
        ),
    ]

    private static let readings = readings(after: nil)
    private static let resumption = Action.resume { Telemetry.readings(of: $0, count: 3) }

    private static func readings(after change: RegistryChange?) -> Action {
        .deliver({ Telemetry.readings(of: $0, count: 3) }, after: change)
    }

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

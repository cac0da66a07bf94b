import PKITypes
import Testing

@Suite("Refusal reasons") struct RefusalReasonTests {
    /// The words of the contract. A change here is a change of what operators script against.
    private static let contract = """
        no-certificate malformed-certificate unknown-ca path-invalid not-yet-valid expired wrong-purpose weak-algorithm
        constraint-violated revoked revocation-unknown revocation-stale unrevocable identity-missing identity-ambiguous
        identity-out-of-scope device-unknown device-provisioned device-quarantined device-disabled device-retired
        credential-superseded credential-not-bound certificate-too-old certificate-lifetime-too-long clone-suspected
        no-policy network-not-allowed tls-too-old posture-not-met outside-time-window session-limit sender-mismatch
        route-not-allowed message-not-allowed protocol-error work-limit overload rate-limited handshake-failed
        handshake-timeout upstream-unavailable upstream-untrusted clock-untrusted snapshot-stale internal-error
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let ends = """
        device-closed device-reset upstream-closed upstream-reset truncated idle-timeout dead-peer session-too-old
        replaced-by-newer admin-closed drained
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test("are the contract's words, all of them and no others")
    func words() {
        #expect(RefusalReason.allCases.map(\.rawValue) == Self.contract)
        #expect(RefusalReason.allCases.allSatisfy { $0.metricLabel == $0.rawValue })
    }

    @Test("and ends of sessions are the contract's words, each once")
    func ends() {
        #expect(SessionEnd.all.map(\.code) == Self.contract + Self.ends)
        #expect(Set(SessionEnd.all.map(\.code)).count == SessionEnd.all.count)
    }

    @Test(
        "become the alert of the contract's table",
        arguments: [
            (["no-certificate"], 116),
            (["revoked", "device-disabled", "device-retired"], 44),
            (["expired"], 45),
            (["unknown-ca"], 48),
            (["wrong-purpose"], 43),
            (
                [
                    "malformed-certificate", "path-invalid", "constraint-violated", "weak-algorithm", "identity-missing",
                    "identity-ambiguous", "identity-out-of-scope",
                ], 42
            ),
            (
                [
                    "device-quarantined", "device-unknown", "device-provisioned", "revocation-stale", "revocation-unknown",
                    "not-yet-valid", "network-not-allowed", "tls-too-old", "session-limit", "no-policy", "posture-not-met",
                    "outside-time-window",
                ], 46
            ),
            (["internal-error"], 80),
        ] as [([String], UInt8)])
    func alerts(words: [String], code: UInt8) throws {
        for word in words {
            let reason = try #require(RefusalReason(rawValue: word))
            #expect(reason.alert.rawValue == code, "\(word)")
        }
    }

    @Test("never send an alert that OpenSSL's mapping of verify errors cannot, or a clean close")
    func sendable() {
        for reason in RefusalReason.allCases {
            #expect(reason.alert != .closeNotify && reason.alert.rawValue != 49, "\(reason)")
        }
    }

    @Test(
        "that time or an operator mends are not said as permanent",
        arguments: [
            RefusalReason.notYetValid, .revocationUnknown, .revocationStale, .deviceUnknown, .deviceQuarantined, .overload,
            .upstreamUnavailable, .internalError,
        ])
    func temporary(reason: RefusalReason) {
        #expect(reason.permanence == .temporary)
        #expect(reason.alert != .certificateRevoked)
    }

    @Test(
        "that only a new certificate or a person's act mends are permanent",
        arguments: [
            RefusalReason.revoked, .deviceDisabled, .deviceRetired, .expired, .unknownCA, .noCertificate,
        ])
    func permanent(reason: RefusalReason) {
        #expect(reason.permanence == .permanent)
    }
}

import LabPKI
import PKITypes
import TLSStream
import TLSTermination
import TLSTesting
import Testing

@Suite("The alert that a judge chooses is the alert that the device reads")
struct AlertWireTests {
    /// Alerts that say nothing about a certificate cannot be chosen by a judge; they become certificate_unknown.
    private static func wire(_ alert: TLSAlert) -> TLSAlert {
        switch alert {
        case .closeNotify, .protocolVersion, .certificateRequired, .noApplicationProtocol: .certificateUnknown
        case .handshakeFailure, .badCertificate, .unsupportedCertificate, .certificateRevoked, .certificateExpired,
            .certificateUnknown, .unknownCA, .internalError:
            alert
        }
    }

    @Test("refused", arguments: TLSAlert.allCases, TLSVersion.allCases)
    func refused(alert: TLSAlert, version: TLSVersion) throws {
        let laboratory = try TLSLaboratory()
        let judge = FixedJudge(.refuse(alert))
        let pair = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(versions: version...version),
            judge: judge)
        let outcome = pair.shakeHands()
        guard case .refused(let failure) = outcome.server else {
            Issue.record("the server's handshake ended with \(outcome.server)")
            return
        }
        #expect(failure.reason == .handshakeFailed && failure.diagnosis == "certificate verify failed")
        #expect(judge.seenLeaves == [laboratory.device.der])
        #expect(pair.server.alertSent == Self.wire(alert).rawValue)

        // A TLS 1.3 client is through before the server has seen its certificate.
        if version == .tls13 { #expect(outcome.client == .done) }
        if outcome.client == .done, case .bytes = pair.read(.client).step { Issue.record("octets came from a refused handshake") }
        #expect(pair.client.alertReceived == Self.wire(alert).rawValue)
    }

    @Test("Every reason's alert can be read from the wire", arguments: RefusalReason.allCases)
    func everyReason(reason: RefusalReason) {
        // Said by libssl itself, not by a judge.
        if reason == .noCertificate { return #expect(reason.alert == .certificateRequired) }
        #expect(Self.wire(reason.alert) == reason.alert)
    }

    @Test(
        "A device without a certificate",
        arguments: [(TLSVersion.tls12, TLSAlert.handshakeFailure), (.tls13, .certificateRequired)])
    func noCertificate(version: TLSVersion, alert: TLSAlert) throws {
        let laboratory = try TLSLaboratory()
        let judge = FixedJudge(.accept)
        let pair = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(.nothing, versions: version...version),
            judge: judge
        )
        let outcome = pair.shakeHands()
        guard case .refused(let failure) = outcome.server else {
            Issue.record("the server's handshake ended with \(outcome.server)")
            return
        }
        #expect(failure.reason == .noCertificate)
        #expect(judge.seenLeaves.isEmpty)
        if outcome.client == .done { _ = pair.read(.client) }
        #expect(pair.client.alertReceived == alert.rawValue)
    }

    @Test("A judge that accepts is asked once and lets the device in", arguments: TLSVersion.allCases)
    func accepted(version: TLSVersion) throws {
        let laboratory = try TLSLaboratory()
        let judge = FixedJudge(.accept)
        let pair = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(versions: version...version),
            judge: judge)
        #expect(pair.shakeHands() == (.done, .done))
        #expect(judge.seenLeaves == [laboratory.device.der])
        #expect(pair.server.version == version && pair.server.alertSent == nil)
        #expect(pair.server.peerSignature == "id-ecPublicKey+SHA256")
    }

    @Test("When the judge is gone nobody is let in")
    func noJudge() throws {
        let laboratory = try TLSLaboratory()
        let pair = TLSPair(
            server: try laboratory.serverContext(), client: try laboratory.clientContext(), judge: FixedJudge(.accept))
        pair.server.peerJudge = nil
        guard case .refused = pair.shakeHands().server else {
            Issue.record("a device was let in that nobody had judged")
            return
        }
        #expect(pair.server.alertSent != nil)
    }
}

import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("B117: each refused connection is one log line")
struct RefusalLogTests {
    @Test("The line has the reason, the source, the certificate's serial and issuer, and a decision of its own")
    func oneLine() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let expired = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1") { $0.validity = .expired }
        let stranger = try DevicePKI()
        let foreign = try stranger.pump()
        let outsider = try fixture.pki.issuing.issueDevice("urn:elsewhere:pump:1")
        let cases: [(certificate: LabCertificate?, reason: String, issuer: String?)] = [
            (expired, "expired", "CN=Test Device Issuing"), (foreign, "unknown-ca", "CN=Test Device Issuing"),
            (outsider, "identity-out-of-scope", "CN=Test Device Issuing"), (nil, "no-certificate", nil),
        ]
        for (index, attempt) in cases.enumerated() {
            let source = try await blocking { () -> String? in
                // In TLS 1.3 the device's handshake is over before the gateway judges: it knows its own address.
                let device = try fixture.client(attempt.certificate, versions: .tls13 ... .tls13)
                let address = device.localAddress?.description
                do { _ = try device.receive() } catch is TLSClient.Failure {}
                return address
            }
            let lines = try await fixture.log.lines("refused", atLeast: index + 1)
            #expect(lines.count == index + 1)
            let fields = try #require(lines.last?.fields)
            #expect(fields["reason"] == attempt.reason)
            #expect(fields["source"] == source)
            #expect(fields["listener"] == "devices")
            #expect(fields["serial"] == attempt.certificate?.serialText)
            #expect(fields["issuer"] == attempt.issuer)
        }
        let decisions = fixture.log.lines("refused").compactMap { $0.fields["decision"] }
        #expect(Set(decisions).count == cases.count)
        #expect(fixture.log.lines("admitted").isEmpty)
        #expect(fixture.log.lines("session ended").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("What a device writes into its certificate cannot forge a line of the log")
    func forgedLine() async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address)
        let gateway = try GatewayProcess(site)
        let address = try await gateway.address()
        let forged = "pump\",\"reason\":\"none\"}\n{\"message\":\"admitted\",\"device\":\"urn:hospital:device:pump:1\"}\u{202e}"
        let certificate = try DevicePKI().issuing.issueDevice("urn:hospital:device:pump:1") { $0.subject = .commonName(forged) }
        _ = try await blocking { Result { try site.pki.client(certificate, to: address).greet() } }
        let refused = await gateway.logLines("refused", atLeast: 1)
        #expect(refused.count == 1)
        #expect(gateway.logLines("admitted").isEmpty)
        #expect(refused.first?["reason"] == "unknown-ca")
        #expect(refused.first?["serial"] == certificate.serialText)
        #expect(!gateway.child.error.unicodeScalars.contains("\u{202e}"))
        // Every line of the log is one JSON object.
        #expect(gateway.log.count == gateway.child.error.split(separator: "\n").count)
    }
}

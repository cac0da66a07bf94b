import Foundation
import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("When our path engine and OpenSSL disagree")
struct DisagreementTests {
    /// Netscape's certificate type, a server's alone: no rule of RFC 5280, and yet OpenSSL takes it for one.
    private static let netscapeServer = LabExtension("2.16.840.1.113730.1.1", value: [0x03, 0x02, 0x06, 0x40])

    @Test("the device is refused; every time is counted, and the path is in the log once")
    func refused() async throws {
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address, configuration: { $0.replacing("workers: 2", by: "workers: 1") })
        let pump = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1") {
            $0.extraExtensions = [Self.netscapeServer]
        }
        let series = "pulsegate_verdict_disagreements_total"
        #expect(try await fixture.metrics()[series] == 0)
        for count in 1...3 {
            _ = try await blocking { Result { try fixture.client(pump, versions: .tls12 ... .tls12).greet() } }
            #expect(try await fixture.log.lines("refused", atLeast: count).count == count)
        }
        #expect(try await fixture.metrics()[series] == 3)
        let lines = fixture.log.lines("verdicts disagree")
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.level == .error && line.fields["serial"] == pump.serialText && line.fields["listener"] == "devices")
        #expect(line.fields["decision"] == fixture.log.lines("refused").first?.fields["decision"])
        let path = line.fields["path"]?.split(separator: ",").compactMap { Data(base64Encoded: String($0)) }
        let pki = fixture.pki
        #expect(path == [pump, pki.issuing.certificate, pki.root.certificate].map { Data($0.der) })
        #expect(fixture.log.lines("refused").allSatisfy { $0.fields["reason"] == "path-invalid" })
        #expect(fixture.log.lines("admitted").isEmpty)
        #expect(try await fixture.attempt(pki.pump(2)) == .served)
        #expect(try await fixture.metrics()[series] == 3)
        await fixture.gateway.stop()
    }
}

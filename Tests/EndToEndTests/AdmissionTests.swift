import GatewayTesting
import Testing

@Suite("A device that may connect is relayed")
struct AdmissionTests {
    @Test("B003: a good certificate with its intermediate is served")
    func good() async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:1")
        let client = try fixture.client(pump)
        try client.send(Array("hello".utf8))
        #expect(try client.receive(exactly: 5) == Array("hello".utf8))
        await fixture.gateway.stop()
    }
}

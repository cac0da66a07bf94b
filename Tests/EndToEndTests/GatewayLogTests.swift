import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("What the gateway says of itself, its configuration and its probes")
struct GatewayLogTests {
    @Test("The start tells the version and the file; a reload says so once, and no open address again")
    func startAndReload() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let file = fixture.site.configurationFile
        let started = fixture.log.lines("started")
        #expect(started.map { $0.fields["configuration"] } == [file])
        #expect(started.first?.fields["version"]?.isEmpty == false)
        #expect(fixture.log.lines("listening").count == 1)
        #expect(fixture.log.lines("configuration reloaded").isEmpty)
        _ = try fixture.gateway.reload().get()
        #expect(fixture.log.lines("configuration reloaded").map { $0.fields["configuration"] } == [file])
        #expect(fixture.log.lines("listening").count == 1)
        await fixture.gateway.stop()
    }

    @Test("A warning is a line with file, line and column, and says that it is one only by its level")
    func warning() async throws {
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            files: { directory, pki in
                try pki.issuing.revocationList(nextUpdate: LabTime.now() + LabTime.secondsPerHour * 2)
                    .write(to: directory.file("issuing.crl"))
            }
        )
        let line = try #require(fixture.log.lines.first { $0.message.contains("goes stale in") })
        #expect(line.level == .warning)
        #expect(!line.message.contains("warning:") && !line.message.contains("\n"))
        #expect(line.fields["file"] == fixture.site.configurationFile)
        #expect(line.fields["line"].flatMap { Int($0) } != nil && line.fields["column"].flatMap { Int($0) } != nil)
        await fixture.gateway.stop()
    }

    @Test("A device whose issuer's list is missing: the line names the issuer")
    func missingList() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
            $0.replacing(", { file: issuing.crl }", by: "")
        }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .alert(46))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["unrevocable"])
        let expected = "the leaf, issued by CN=Test Device Issuing: its issuer has no list here, and it names no place"
        #expect(refused.first?.fields["detail"]?.hasPrefix(expected) == true, "\(refused.first?.fields ?? [:])")
        await fixture.gateway.stop()
    }

    @Test("A probe that connects and leaves is told to those who debug; one octet makes it a failed handshake")
    func probe() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let prober = try PlainClient(to: fixture.address())
        prober.closeSending()
        let probed = try await fixture.log.lines("refused", atLeast: 1)
        #expect(probed.map(\.level) == [.debug])
        #expect(probed.first?.fields["detail"] == "closed before it said anything")
        #expect(probed.first?.fields["alert"] == nil)
        let talker = try PlainClient(to: fixture.address())
        _ = talker.send([22])
        talker.closeSending()
        let lines = try await fixture.log.lines("refused", atLeast: 2)
        #expect(lines.map(\.level) == [.debug, .info])
        #expect(lines.map { $0.fields["reason"] } == ["handshake-failed", "handshake-failed"])
        await fixture.gateway.stop()
    }
}

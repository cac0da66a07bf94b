import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import Testing

@Suite("A damaged file never makes the gateway weaker")
struct DamagedFileTests {
    /// What may happen to a file under an operator's hands.
    enum Damage: String, CaseIterable, CustomTestStringConvertible {
        case deleted, emptied, truncated, overwritten, unreadable

        var testDescription: String { rawValue }

        func apply(to name: String, in directory: TemporaryDirectory) throws {
            let path = directory.file(name)
            let text = try LabFile.read(path)
            switch self {
            case .deleted: unlink(path)
            case .emptied: directory.write("", to: name)
            case .truncated: directory.write(String(text.prefix(text.count / 2)), to: name)
            case .overwritten: directory.write("not what it was\n", to: name)
            // Root reads everything, so what cannot be read is a directory in the file's place.
            case .unreadable:
                unlink(path)
                mkdir(path, 0o700)
            }
        }
    }

    private static let files = ["root.pem", "issuing.pem", "root.crl", "issuing.crl", "server.pem", "server.key", "gateway.yaml"]

    private static func restore(_ name: String, _ contents: String, in directory: TemporaryDirectory) {
        rmdir(directory.file(name))
        unlink(directory.file(name))
        directory.write(contents, to: name)
    }

    @Test(
        "B099 T26: at a reload the old state serves on, an error names the file, and the mended file is taken",
        arguments: Damage.allCases)
    func atReload(_ damage: Damage) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let device = try fixture.client(fixture.pki.pump(1))
        #expect(try device.greet() == .served)
        for (index, name) in Self.files.enumerated() {
            let contents = try LabFile.read(fixture.directory.file(name))
            try damage.apply(to: name, in: fixture.directory)
            let mark = fixture.log.lines.count
            #expect(throws: (any Error).self, "\(name)") { try fixture.gateway.reload().get() }
            let told = fixture.log.lines[mark...].filter { $0.level == .error }
            let texts = told.flatMap { [$0.message, $0.fields["file"] ?? "", $0.fields["cause"] ?? ""] }
            #expect(texts.contains { $0.contains(name) }, "\(name): \(texts)")
            let errors = fixture.log.lines("reload refused, the old state serves on")
            #expect(errors.count == index + 1)
            #expect(errors.last?.level == .error)
            #expect(errors.last?.fields["cause"]?.isEmpty == false)
            #expect(try await fixture.attempt(fixture.pki.pump(2)) == .served, "\(name)")
            #expect(try device.greet() == .served, "\(name)")

            Self.restore(name, contents, in: fixture.directory)
            #expect(try fixture.gateway.reload().get() == UInt64(index + 2))
        }
        #expect(try device.greet() == .served)
        #expect(fixture.log.lines("session cut").isEmpty)
        await fixture.gateway.stop()
    }

    @Test("T26: a gateway does not start, and says which file is at fault", arguments: Damage.allCases, files)
    func atStart(_ damage: Damage, _ name: String) async throws {
        let site = try GatewaySite(upstream: ScriptedUpstream.echo().address)
        try damage.apply(to: name, in: site.directory)
        await #expect {
            _ = try await GatewayFixture(site)
        } throws: {
            "\($0)".contains(name)
        }
    }

    @Test("B099: a key that is another certificate's, or that everybody may read, is not taken", arguments: [true, false])
    func wrongKey(isReadableByAll: Bool) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        if isReadableByAll {
            chmod(fixture.directory.file("server.key"), 0o644)
        } else {
            try LabKey().write(to: fixture.directory.file("server.key"))
        }
        #expect(throws: (any Error).self) { try fixture.gateway.reload().get() }
        let errors = fixture.log.lines("reload refused, the old state serves on")
        #expect(errors.map { $0.fields["cause"]?.contains("server.") } == [true])
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        await fixture.gateway.stop()
    }

    @Test("B097: a renewed server certificate is shown to new devices, open sessions go on")
    func renewedCertificate() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let device = try fixture.client(fixture.pki.pump())
        #expect(try device.greet() == .served)
        // The simulated devices ask for localhost: a certificate for another name shows which one is served.
        let renewed = try fixture.pki.issuing.issueServer(dnsNames: ["renewed.example"], ipAddresses: [])
        try renewed.write(to: fixture.directory.file("server.pem"))
        try renewed.key.write(to: fixture.directory.file("server.key"))
        _ = try fixture.gateway.reload().get()
        #expect(try device.greet() == .served)
        let outcome = try await fixture.attempt(fixture.pki.pump(2))
        guard case .failed(.closed(.protocolError(_, let text))) = outcome else {
            Issue.record("the old certificate is still shown: \(outcome)")
            return
        }
        #expect(text.contains("certificate verify failed"))
        await fixture.gateway.stop()
    }

    @Test("B041: a malformed pattern stops a start, naming the line, and leaves the old rules at a reload")
    func malformedPattern() async throws {
        let upstream = try ScriptedUpstream.echo()
        let pattern = "when: { identity: \"urn:hospital:device:**\" }"
        let broken = "when: { identity: \"urn:**:device\" }"
        await #expect {
            _ = try await GatewayFixture(upstream: upstream.address) { $0.replacing(pattern, by: broken) }
        } throws: {
            "\($0)".contains("gateway.yaml:21:")
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        fixture.rewriteConfiguration(fixture.site.text.replacing(pattern, by: broken))
        #expect(throws: (any Error).self) { try fixture.gateway.reload().get() }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .served)
        await fixture.gateway.stop()
    }

    @Test("B042: a configuration without a policy is refused: admitting all has to be written")
    func noPolicy() async throws {
        await #expect {
            _ = try await GatewayFixture(upstream: ScriptedUpstream.echo().address) {
                $0.replacing(
                    "policies:\n  - { name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }\n", by: "")
            }
        } throws: {
            "\($0)".contains("policies")
        }
    }
}

import GatewayTesting
import LabPKI
import Testing

@Suite("pulsegate explain, as a process")
struct ExplainCommandTests {
    private static let policies = """
          - { name: monitors, when: { identity: "urn:hospital:device:monitor:*" }, devices: any }
          - { name: devices, when: { identity: "urn:hospital:device:**" }, devices: any, require: { networks: [10.20.0.0/16] } }

        """

    private func site() async throws -> GatewayFiles {
        try await GatewayFiles { text in
            text.replacing(
                "  - { name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }\n", by: Self.policies)
        }
    }

    private func explain(
        _ site: GatewayFiles, _ certificate: LabCertificate, _ options: [String] = ["--from", "10.20.1.7"],
        listener: String = "devices"
    ) async throws -> ProgramUnderTest.Outcome {
        let file = site.directory.write(try certificate.chainPEM(), to: "\(certificate.serialText).pem")
        return try await ProgramUnderTest.run(
            ["explain", "--config", site.file, "--listener", listener] + options + [file])
    }

    @Test("a device that would be admitted: exit code 0, and everything that was asked")
    func admitted() async throws {
        let site = try await site()
        let outcome = try await explain(site, site.pki.pump())
        #expect(outcome.code == 0 && outcome.error.isEmpty, "\(outcome)")
        #expect(outcome.output.hasPrefix("ADMITTED: urn:hospital:device:pump:1, by policy devices\n"))
        for part in [
            "1 PATH to trust anchor device-ca", "issuing.crl", "vouches for urn:hospital:device:**", "no match  monitors: ",
            "met       networks 10.20.0.0/16; the device comes from 10.20.1.7",
        ] {
            #expect(outcome.output.contains(part), "\(part) in\n\(outcome.output)")
        }
    }

    @Test("a revoked leaf: exit code 1, the alert, the list; in both shapes")
    func revoked() async throws {
        let site = try await site()
        let pump = try site.pki.pump()
        let entry = LabRevokedEntry(pump, reason: .keyCompromise)
        try site.pki.issuing.revocationList(revoking: [entry], number: 2).write(to: site.directory.file("issuing.crl"))
        let text = try await explain(site, pump)
        #expect(text.code == 1 && text.output.contains("2 REVOCATION <-- refused here"), "\(text)")
        #expect(text.output.contains("44 certificate_revoked") && text.output.contains("reason keyCompromise"))
        let json = try await explain(site, pump, ["--json"])
        #expect(json.code == 1 && json.output.split(separator: "\n").count == 1)
        for part in [
            #""decision":"refused""#, #""reason":"revoked""#, #""revocation_reason":"keyCompromise""#, #""number":"0x02""#,
            #""source":"\#(site.directory.file("issuing.crl"))""#, #""alert":{"code":44,"name":"certificate_revoked"}"#,
        ] {
            #expect(json.output.contains(part), "\(part) in \(json.output)")
        }
    }

    @Test("a revoked intermediate with another valid path: admitted, and the path that was given up is told")
    func revokedIntermediate() async throws {
        let site = try await site()
        let second = try site.pki.root.crossSign(site.pki.issuing)
        let entry = LabRevokedEntry(site.pki.issuing.certificate)
        try site.pki.root.revocationList(revoking: [entry], number: 2).write(to: site.directory.file("root.crl"))
        let alone = try await explain(site, site.pki.pump())
        #expect(alone.code == 1 && alone.output.hasPrefix("REFUSED revoked: the certificate at depth 1"), "\(alone)")
        let more = site.directory.write(try second.certificate.pem(), to: "second.pem")
        let outcome = try await explain(site, site.pki.pump(), ["--from", "10.20.1.7", "--intermediates", more])
        #expect(outcome.code == 0, "\(outcome)")
        #expect(outcome.output.contains("tried before it:\n    - path to device-ca by CN=Test Device Issuing"))
        #expect(outcome.output.contains("(revoked)"))
    }

    @Test("an identity out of scope, and a requirement that is not met")
    func refused() async throws {
        let site = try await site()
        let alien = try await explain(site, site.pki.issuing.issueDevice("urn:elsewhere:pump:1"))
        #expect(alien.code == 1 && alien.output.hasPrefix("REFUSED identity-out-of-scope"), "\(alien)")
        let pump = try site.pki.pump()
        for (options, source) in [(["--from", "192.0.2.1"], "the device comes from 192.0.2.1"), ([], "was not said (--from)")] {
            let outcome = try await explain(site, pump, options)
            #expect(outcome.code == 1 && outcome.output.hasPrefix("REFUSED network-not-allowed"), "\(outcome)")
            #expect(outcome.output.contains("NOT MET   networks 10.20.0.0/16; ") && outcome.output.contains(source))
        }
        let later = try await explain(site, pump, ["--at", "2060-01-01T00:00:00Z"])
        #expect(later.code == 1 && later.output.hasPrefix("REFUSED expired"), "\(later)")
    }

    @Test("an unknown listener is usage: which there are is said")
    func unknownListener() async throws {
        let site = try await site()
        let outcome = try await explain(site, site.pki.pump(), listener: "pumps")
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.error.contains("there is no listener 'pumps'") && outcome.error.contains("there are: devices"))
    }

    @Test("wrong words are usage", arguments: [["--from", "here"], ["--at", "soon"], ["--tls", "1.1"]])
    func usage(options: [String]) async throws {
        let site = try await site()
        let outcome = try await explain(site, site.pki.pump(), options)
        #expect(outcome.code == 2 && outcome.output.isEmpty && outcome.error.contains("Usage: pulsegate explain"), "\(outcome)")
    }

    @Test("what cannot be read: exit code 3, with its name")
    func unreadable() async throws {
        let site = try await site()
        let missing = site.directory.file("absent.pem")
        let arguments = ["explain", "--config", site.file, "--listener", "devices"]
        let absent = try await ProgramUnderTest.run(arguments + [missing])
        #expect(absent.code == 3 && absent.error.contains(missing), "\(absent)")
        let empty = site.directory.write("nothing\n", to: "empty.pem")
        let nothing = try await ProgramUnderTest.run(arguments + [empty])
        #expect(nothing.code == 3 && nothing.error.contains(empty), "\(nothing)")
        let broken = try await GatewayFiles { $0.replacing("workers: 2", by: "workers: many") }
        let outcome = try await explain(broken, broken.pki.pump())
        #expect(outcome.code == 3 && outcome.error.contains("\(broken.file):2:10: error: "), "\(outcome)")
    }
}

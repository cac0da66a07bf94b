import GatewayTesting
import Glibc
import Testing

@Suite("pulsegate propose, as a process")
struct ProposeCommandTests {
    @Test("drafts of a running gateway's observations; what 'devices import' and 'check' take")
    func runningGateway() async throws {
        let files = try await GatewayFiles { text in
            text.replacing("identity: \"urn:hospital:device:**\" }, devices: any", by: "identity: \"urn:hospital:device:none\" }")
                .addingToListener("observe: { checks: [registry, policy], until: 2099-12-31 }")
        }
        func propose(_ arguments: String...) async throws -> ProgramUnderTest.Outcome {
            try await ProgramUnderTest.run(["propose", "--config", files.file] + arguments)
        }
        #expect(try await propose().code == 3)
        let gateway = try await files.run()
        for number in 1...2 {
            let outcome = try await blocking {
                try files.pki.client(files.pki.pump(number), to: files.address).greet()
            }
            #expect(outcome == .served)
        }
        var summary = try await propose()
        for _ in 0..<50 where !summary.output.hasPrefix("2 devices") {
            try await Task.sleep(for: .milliseconds(100))
            summary = try await propose()
        }
        let line = "  urn:hospital:device:pump:{serial} at devices: 2 identities"
        #expect(summary.code == 0 && summary.output.contains(line), "\(summary)")
        let rows = try await propose("--print", "devices", "--listener", "devices", "--since", "1h")
        let file = files.directory.write(rows.output, to: "rows.csv")
        let imported = try await ProgramUnderTest.run(["devices", "import", file, "--config", files.file])
        #expect(imported.code == 0 && imported.output.hasPrefix("enrolled 2,"), "\(imported)")
        #expect(try await propose("--print", "policies").output.contains("  - name: devices-pump\n"))
        #expect(try await propose("--json").output.hasPrefix("{\"devices\":[],\"policies\":[{\"name\":\"devices-pump\""))
        #expect(try await propose("--listener", "nowhere").code == 1)
        #expect(try await propose("--since", "yesterday").code == 2)
        gateway.signal(SIGTERM)
        #expect(await gateway.exit(within: .seconds(20)) == .code(0), "\(gateway.error)")
    }
}

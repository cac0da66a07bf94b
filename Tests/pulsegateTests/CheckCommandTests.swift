import GatewayTesting
import Testing

@Suite("B115: pulsegate check")
struct CheckCommandTests {
    @Test("A good file: exit code 0, and a line that says so")
    func good() async throws {
        let site = try await GatewayFiles()
        let outcome = try await ProgramUnderTest.run(["check", "--config", site.file])
        #expect(outcome.code == 0 && outcome.output == "\(site.file): no errors\n" && outcome.error.isEmpty, "\(outcome)")
    }

    @Test("Every error with file, line and column: exit code 1")
    func bad() async throws {
        let site = try await GatewayFiles { $0.replacing("workers: 2", with: "workers: many\nwrokers: 3") }
        let outcome = try await ProgramUnderTest.run(["check", "--config", site.file])
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        let lines = outcome.error.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("\(site.file):2:10: error: ") }, "\(outcome.error)")
        #expect(lines.contains { $0.hasPrefix("\(site.file):3:1: error: ") && $0.contains("workers") }, "\(outcome.error)")
    }

    @Test("--print shows the effective configuration, which is one")
    func effective() async throws {
        let site = try await GatewayFiles()
        let printed = try await ProgramUnderTest.run(["check", "--config", site.file, "--print"])
        #expect(
            printed.code == 0 && printed.output.contains("listeners:") && printed.output.contains("clock_skew: 5m"), "\(printed)")
        let again = site.directory.write(printed.output, to: "effective.yaml")
        let outcome = try await ProgramUnderTest.run(["check", "--config", again])
        #expect(outcome.code == 0, "\(outcome.error)")
    }

    @Test("The reference and the schema need no file", arguments: ["--print-reference", "--print-schema"])
    func reference(flag: String) async throws {
        let outcome = try await ProgramUnderTest.run(["check", flag])
        #expect(outcome.code == 0 && outcome.output.contains("trust_anchors") && outcome.error.isEmpty)
    }
}

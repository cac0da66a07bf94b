import GatewayTesting
import Testing

@Suite("Exit codes and streams of the command line")
struct UsageTests {
    @Test(
        "Wrong words are usage: exit code 2, said on standard error",
        arguments: [["nonsense"], ["run", "--nonsense"], ["check", "a", "b"], ["pki", "issue"]])
    func usage(arguments: [String]) async throws {
        let outcome = try await ProgramUnderTest.run(arguments)
        #expect(outcome.code == 2)
        #expect(outcome.output.isEmpty && outcome.error.contains("Usage: pulsegate"), "\(outcome)")
    }

    @Test(
        "Help and version are answers: exit code 0, on standard output",
        arguments: [["--help"], ["run", "--help"], ["--version"]])
    func help(arguments: [String]) async throws {
        let outcome = try await ProgramUnderTest.run(arguments)
        #expect(outcome.code == 0)
        #expect(!outcome.output.isEmpty && outcome.error.isEmpty, "\(outcome)")
    }

    @Test("A configuration that is not there: exit code 3, with its name", arguments: ["run", "check"])
    func noFile(command: String) async throws {
        let missing = TemporaryDirectory().file("absent.yaml")
        let outcome = try await ProgramUnderTest.run([command, "--config", missing])
        #expect(outcome.code == 3)
        #expect(outcome.output.isEmpty && outcome.error.contains(missing) && outcome.error.contains("No such file"), "\(outcome)")
    }
}

import LoadClient
import Testing

@testable import pulsegate_load

@Suite("The command line says what is wrong with it, and the report what happened")
struct CommandLineTests {
    @Test(
        "a usage that cannot work is refused",
        arguments: [
            ["handshake"],
            ["handshake", "--credentials", "d", "--certificate", "c", "--key", "k"],
            ["handshake", "--certificate", "c"],
            ["handshake", "--certificate", "c", "--key", "k", "--chain", "a", "--chain", "b"],
            ["handshake", "--credentials", "d", "--connections", "0"],
            ["pingpong", "--credentials", "d", "--seconds", "0"],
            ["stream", "--credentials", "d", "--parallel", "70000"],
            ["handshake", "--credentials", "d", "--timeout", "0"],
            ["idle", "--credentials", "d", "--bytes", "0"],
            ["churn", "--credentials", "d", "--seconds", "0.01"],
            ["stream", "--credentials", "d", "--bytes", "64"],
            ["pingpong", "--credentials", "d", "--resume"],
        ]
    )
    func refused(arguments: [String]) {
        #expect(throws: (any Error).self) { try PulsegateLoad.parseAsRoot(arguments) }
    }

    @Test(
        "one that can is taken",
        arguments: [
            ["handshake", "--credentials", "d"],
            ["pingpong", "--certificate", "c", "--key", "k", "--certificate", "e", "--key", "l", "--chain", "i"],
            ["stream", "--credentials", "d", "--tls12"],
            ["echo", "--bind", "127.0.0.1:0"],
        ]
    )
    func taken(arguments: [String]) throws {
        #expect(throws: Never.self) { try PulsegateLoad.parseAsRoot(arguments) }
    }

    @Test("each mode has its own defaults, and its help says them")
    func defaults() throws {
        let idle = try #require(try PulsegateLoad.parseAsRoot(["idle", "--credentials", "d"]) as? IdleCommand)
        #expect(idle.concurrency.parallel == 1000)
        let pingpong = try #require(try PulsegateLoad.parseAsRoot(["pingpong", "--credentials", "d"]) as? PingpongCommand)
        #expect(pingpong.message.bytes == 256)
        #expect(IdleCommand.helpMessage().contains("--parallel <parallel>   Connections at once. (default: 1000)"))
        #expect(PingpongCommand.helpMessage().contains("Bytes of a message. (default: 256)"))
    }

    @Test("JSON and text name each kind of failure with its count")
    func failuresAreReported() throws {
        var outcome = LoadOutcome()
        outcome.started = 3
        outcome.failures = [LoadFailure(phase: .exchange, cause: .alert(44)): 3]
        let plan = LoadPlan(mode: .handshake(connections: 3, bytes: 64), parallel: 1, timeoutNanoseconds: 1)
        let report = LoadReport(outcome, plan: plan, target: "127.0.0.1:1", credentials: 1, clientCPUSeconds: 0)
        #expect(try report.json().contains(#""failures":{"exchange: alert 44 certificate revoked":3}"#))
        #expect(LoadSummary(report: report).lines.contains("  FAILED 3 × exchange: alert 44 certificate revoked"))
    }

    @Test(
        "numbers have the asked count of decimals",
        arguments: [(0.0, 0, "0"), (1.005, 1, "1.0"), (12.04, 2, "12.04"), (0.96, 1, "1.0")])
    func decimals(value: Double, count: Int, text: String) {
        #expect(fixed(value, count) == text)
    }
}

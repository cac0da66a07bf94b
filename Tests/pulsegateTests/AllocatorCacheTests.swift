import Foundation
import GatewayTesting
import Testing

@Suite("pulsegate run gives the C library larger caches")
struct AllocatorCacheTests {
    /// What stands in the environment that the kernel started a process with.
    private func tunables(_ process: ChildProcess) throws -> [String] {
        let environment = try Data(contentsOf: URL(filePath: "/proc/\(process.processID)/environ"))
        let words = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return words.filter { $0.hasPrefix("GLIBC_TUNABLES=") }
    }

    @Test("as the same process, which goes on as it would")
    func enlarged() async throws {
        let process = try await GatewayFiles().run()
        #expect(process.isRunning, "\(process.error)")
        #expect(try tunables(process) == ["GLIBC_TUNABLES=glibc.malloc.tcache_count=127"])
        let status = try String(contentsOf: URL(filePath: "/proc/\(process.processID)/status"), encoding: .utf8)
        #expect(status.contains("Name:\tpulsegate\n"))
        // Of the main thread: whoever started it blocks none.
        #expect(status.contains("SigBlk:\t0000000000000000\n"), "\(status)")
    }

    @Test("once only, also where the C library takes its variable away")
    func once() async throws {
        let process = try await GatewayFiles().run(environment: ["PULSEGATE_STARTED_ANEW=1"])
        #expect(process.isRunning, "\(process.error)")
        #expect(try tunables(process) == [])
    }

    @Test("unless an operator has said something about it")
    func said() async throws {
        let said = "GLIBC_TUNABLES=glibc.malloc.arena_max=2"
        let process = try await GatewayFiles().run(environment: [said])
        #expect(process.isRunning, "\(process.error)")
        #expect(try tunables(process) == [said])
    }
}

import GatewayTesting
import Glibc
import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("A writer that is killed")
struct KilledWriterTests {
    private static let kills = 100
    /// Long enough for the youngest process to open the store, and for the others to write hundreds of times.
    private static let lifeMilliseconds = 5...70

    @Test("At 100 random points: the store opens, every page is whole, nothing acknowledged is lost")
    func killed() async throws {
        let directory = TemporaryDirectory()
        let path = directory.file("registry.sqlite")
        var acknowledged: [Int: (state: String, count: Int)] = [:]
        var killsInMidWrite = 0
        for _ in 0..<Self.kills {
            let writer = try ChildProcess(Self.writer, [path])
            try await Task.sleep(for: .milliseconds(Int.random(in: Self.lifeMilliseconds)))
            writer.signal(SIGKILL)
            #expect(await writer.exit(within: .seconds(10)) == .signal(SIGKILL), "\(writer.error)")
            let lines = writer.output.split(separator: "\n").map { $0.split(separator: " ") }
            for words in lines {
                acknowledged[try #require(Int(words[0]))] = (String(words[1]), try #require(Int(words[2])))
            }
            if !lines.isEmpty { killsInMidWrite += 1 }

            let store = try SQLiteDeviceStore(path: path, examination: .full)
            for (number, last) in acknowledged {
                let identity = DeviceIdentity(text: "urn:test:\(number)")
                let state = try store.record(of: identity)?.record.state.name
                let history = try store.history(of: identity)
                // One more may have been written whose acknowledgement was never said; never one less, and never half of one.
                #expect(history.count == last.count || history.count == last.count + 1)
                #expect(history.dropFirst(last.count - 1).first?.to.name == last.state)
                #expect(history.last?.to.name == state, "a state without its row, or a row without its state")
                // What is found now is as good as acknowledged: the next life must not lose it.
                acknowledged[number] = (history.last?.to.name ?? "", history.count)
            }
        }
        #expect(killsInMidWrite > Self.kills / 4, "most writers were killed before they wrote")
        #expect(acknowledged.count == 5)
    }

    /// Built beside these tests.
    private static let writer: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        precondition(count > 0, "no /proc/self/exe")
        let own = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 } + "/registry-writer"
    }()
}

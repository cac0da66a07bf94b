import RandomTesting
import SessionRelay
import Testing

@Suite("Octets that wait for the other side")
struct RelayBufferTests {
    private static func append(_ octets: [UInt8], to buffer: inout RelayBuffer) {
        octets.withUnsafeBytes { buffer.append($0) }
    }

    @Test("They are given out in order, and what is not taken comes again")
    func order() {
        var buffer = RelayBuffer()
        Self.append([1, 2, 3], to: &buffer)
        Self.append([4, 5], to: &buffer)
        var seen: [[UInt8]] = []
        let taken = buffer.consume { bytes in
            seen.append(Array(bytes))
            return 2
        }
        #expect(taken == 2)
        #expect(buffer.count == 3)
        Self.append([6], to: &buffer)
        #expect(
            buffer.consume { bytes in
                seen.append(Array(bytes))
                return bytes.count
            } == 4
        )
        #expect(seen == [[1, 2, 3, 4, 5], [3, 4, 5, 6]])
        #expect(buffer.isEmpty)
    }

    @Test("Nothing taken changes nothing")
    func nothingTaken() {
        var buffer = RelayBuffer()
        Self.append([1, 2], to: &buffer)
        #expect(buffer.consume { _ in 0 } == 0)
        #expect(buffer.count == 2)
    }

    @Test("Any mixture of appends and partial takes is the same octets in the same order", arguments: 0..<20)
    func mixture(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var buffer = RelayBuffer()
        var sent: [UInt8] = []
        var received: [UInt8] = []
        for _ in 0..<300 {
            if Bool.random(using: &random) {
                let octets = (0..<Int.random(in: 0...50, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
                sent += octets
                Self.append(octets, to: &buffer)
            } else {
                _ = buffer.consume { bytes in
                    let count = Int.random(in: 0...bytes.count, using: &random)
                    received += bytes.prefix(count)
                    return count
                }
            }
            #expect(buffer.count == sent.count - received.count)
            #expect(buffer.isEmpty == (sent.count == received.count))
        }
        _ = buffer.consume { bytes in
            received += bytes
            return bytes.count
        }
        #expect(received == sent)
    }

    @Test("A writer that takes more than there is stops the process")
    func overdrawn() async {
        await #expect(processExitsWith: .failure) {
            var buffer = RelayBuffer()
            _ = buffer.consume { $0.count + 1 }
        }
    }
}

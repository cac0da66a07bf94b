import PKITypes
import TLSStream
import TLSTesting
import Testing

@Suite("Octets through a TLS stream")
struct TransferTests {
    /// RFC 8446 §5.1: most octets of one record.
    private static let recordOctets = 16384

    @Test("A full socket takes part of what is offered; the rest goes later, from another buffer", arguments: TLSVersion.allCases)
    func partialWrites(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        // More than loopback's socket buffers hold.
        let block = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let sent = Array((0..<200).map { _ in block }.joined())
        var offset = 0
        var received: [UInt8] = []
        received.reserveCapacity(sent.count)
        var blocked = 0
        while received.count < sent.count {
            // A fresh copy each time: SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER.
            while offset < sent.count {
                let step = pair.write(.server, Array(sent[offset..<min(offset + (1 << 18), sent.count)]))
                guard case .bytes(let count) = step else {
                    #expect(step == .wantsWrite)
                    blocked += 1
                    break
                }
                #expect(count > 0 && count <= 1 << 18)
                offset += count
            }
            while case (.bytes, let octets) = pair.read(.client), !octets.isEmpty {
                received += octets
                if received.count == sent.count || (offset < sent.count && received.count % (1 << 20) < Self.recordOctets) {
                    break
                }
            }
        }
        #expect(received == sent)
        #expect(blocked > 0, "the socket never was full")
    }

    @Test("What was read ahead is told, because no poller will tell it", arguments: TLSVersion.allCases)
    func bufferedBytes(version: TLSVersion) throws {
        let pair = try TLSLaboratory().connectedPair(version...version)
        #expect(!pair.server.hasBufferedBytes)
        for octet in [UInt8(1), 2, 3] { #expect(pair.write(.client, [octet]) == .bytes(1)) }
        pair.sockets.waitUntilReadable(.server)
        // Three records came in one read of the socket; the first read takes the first record.
        #expect(pair.read(.server, limit: 16).octets == [1])
        #expect(pair.server.hasBufferedBytes)
        #expect(pair.read(.server, limit: 16).octets == [2])
        #expect(pair.read(.server, limit: 16).octets == [3])
        #expect(!pair.server.hasBufferedBytes)
    }

    @Test("The rest of a record that did not fit is told too")
    func halfRecord() throws {
        let pair = try TLSLaboratory().connectedPair()
        #expect(pair.write(.client, [UInt8](repeating: 9, count: 100)) == .bytes(100))
        #expect(pair.read(.server, limit: 60).octets.count == 60)
        #expect(pair.server.hasBufferedBytes)
        #expect(pair.read(.server, limit: 60).octets.count == 40)
        #expect(!pair.server.hasBufferedBytes)
    }

    @Test("Nothing to read is not an end")
    func nothing() throws {
        let pair = try TLSLaboratory().connectedPair()
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(buffer.withUnsafeMutableBytes { pair.server.read(into: $0) } == .wantsRead)
    }

    @Test("A stream that a failure left in the error queue does not taint the next one")
    func errorQueue() throws {
        let laboratory = try TLSLaboratory()
        let broken = try laboratory.connectedPair()
        let healthy = try laboratory.connectedPair()
        broken.sockets.endSending(.client)
        #expect(broken.read(.server).step == .truncated)
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(buffer.withUnsafeMutableBytes { healthy.server.read(into: $0) } == .wantsRead)
        #expect(healthy.write(.client, [5]) == .bytes(1))
        #expect(healthy.read(.server).octets == [5])
    }
}

import EventLoop
import GatewayTesting
import PKITypes
import Testing

@Suite("Octets arrive as they were sent", .serialized)
struct ByteTransferTests {
    private static let largeTransfer = 64 << 20
    private static let duplexTransfer = 24 << 20

    @Test("B058: 64 MiB each way are the same octets", arguments: TLSVersion.allCases)
    func large(_ version: TLSVersion) async throws {
        let received = Kept<Int>()
        let upstream = try ScriptedUpstream { peer in
            received.add(peer.receivePattern())
            _ = peer.send(pattern: Self.largeTransfer)
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let arrived = try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            var sent = PatternStream()
            while sent.position < Self.largeTransfer { try device.send(sent.take(256 << 10)) }
            device.sendCloseNotify()
            var pattern = PatternStream()
            while case .octets(let octets) = try device.receive(limit: 256 << 10), pattern.matches(octets) {}
            return pattern.position
        }
        #expect(received.values == [Self.largeTransfer])
        #expect(arrived == Self.largeTransfer)
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["bytes_in"] } == ["\(Self.largeTransfer)"])
        #expect(ended.map { $0.fields["bytes_out"] } == ["\(Self.largeTransfer)"])
        await fixture.gateway.stop()
    }

    @Test("B059: both directions at once, 24 MiB each on three connections, and none is starved")
    func duplex() async throws {
        let received = Kept<Int>()
        let upstream = try ScriptedUpstream { peer in
            // The connection closes when both threads have let go of it.
            _ = LoopThread.spawn(name: "upstream-send") { _ = peer.send(pattern: Self.duplexTransfer) }
            received.add(peer.receivePattern())
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pumps = try (0..<3).map { try fixture.pki.pump($0) }
        let arrived = try await atOnce(3) { index in
            let device = try fixture.client(pumps[index])
            var sent = PatternStream()
            var pattern = PatternStream()
            while pattern.position < Self.duplexTransfer || sent.position < Self.duplexTransfer {
                if sent.position < Self.duplexTransfer { try device.send(sent.take(64 << 10)) }
                guard pattern.position < Self.duplexTransfer else { continue }
                guard case .octets(let octets) = try device.receive(limit: 64 << 10), pattern.matches(octets) else { break }
            }
            device.sendCloseNotify()
            _ = try device.receive()
            return pattern.position
        }
        #expect(arrived == [Int](repeating: Self.duplexTransfer, count: 3))
        #expect(try await received.values(atLeast: 3) == [Int](repeating: Self.duplexTransfer, count: 3))
        await fixture.gateway.stop()
    }

    @Test("B067: 4 kB in single octets and 256 kB in odd sizes come back in order", arguments: TLSVersion.allCases)
    func tinyWrites(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.pki.pump()
        let echoed = try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            var sent = PatternStream()
            for _ in 0..<4096 { try device.send(sent.take(1)) }
            var size = 1
            while sent.position < 260 << 10 {
                try device.send(sent.take(size))
                size = (size * 7 + 13) % 5003 + 1
            }
            var pattern = PatternStream()
            while pattern.position < sent.position {
                guard case .octets(let octets) = try device.receive(), pattern.matches(octets) else { return false }
            }
            return pattern.position == sent.position
        }
        #expect(echoed)
        await fixture.gateway.stop()
    }

    @Test("B072: an upstream that speaks first is heard before the device says anything", arguments: TLSVersion.allCases)
    func banner(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream { peer in
            _ = peer.send(Array("220 ready\r\n".utf8))
            _ = peer.receive()
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let banner = try await blocking { try fixture.client(pump, versions: version...version).receive(exactly: 11) }
        #expect(banner == Array("220 ready\r\n".utf8))
        await fixture.gateway.stop()
    }

    @Test("A device that does not read stops the upstream, and gets every octet once it reads")
    func backPressure() async throws {
        let total = 32 << 20
        let upstream = try ScriptedUpstream { peer in _ = peer.send(pattern: total) }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let device = try fixture.client(fixture.pki.pump())
        // Stable for several looks: what is on its way now stands in buffers of the kernel, and a bounded one of ours.
        var relayed = 0.0
        var looks = 0
        while looks < 5 {
            try await Task.sleep(for: .milliseconds(50))
            let now = try await fixture.metrics().total("pulsegate_relay_bytes_total")
            looks = now == relayed && now > 0 ? looks + 1 : 0
            relayed = now
        }
        #expect(Int(relayed) < total)
        var pattern = PatternStream()
        while case .octets(let octets) = try device.receive(), pattern.matches(octets) {}
        #expect(pattern.position == total)
        await fixture.gateway.stop()
    }
}

import GatewayTesting
import Glibc
import PKITypes
import TLSOrigination
import Testing

@Suite("Each end of a stream is passed on as what it was")
struct EndOfStreamTests {
    private static let transfer = 3 << 20

    @Test("B060: when the upstream closes, the device gets every octet and then close_notify", arguments: TLSVersion.allCases)
    func upstreamCloses(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream { peer in _ = peer.send(pattern: Self.transfer) }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let (count, end) = try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            let (octets, end) = try device.receiveAll()
            var pattern = PatternStream()
            let isWhole = stride(from: 0, to: octets.count, by: 65536).allSatisfy {
                pattern.matches(Array(octets[$0..<min($0 + 65536, octets.count)]))
            }
            device.sendCloseNotify()
            return (isWhole ? octets.count : 0, end)
        }
        #expect(count == Self.transfer)
        #expect(end == .closeNotify)
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["upstream-closed"])
        await fixture.gateway.stop()
    }

    @Test("B061: when the device closes cleanly, the upstream gets every octet and then FIN", arguments: TLSVersion.allCases)
    func deviceCloses(_ version: TLSVersion) async throws {
        let seen = Kept<(octets: Int, end: UpstreamPeer.Next)>()
        let upstream = try ScriptedUpstream { peer in seen.add(peer.receivePatternAndEnd()) }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            var sent = PatternStream()
            while sent.position < Self.transfer { try device.send(sent.take(64 << 10)) }
            device.sendCloseNotify()
            _ = try device.receive()
        }
        let ends = try await seen.values(atLeast: 1)
        #expect(ends.map(\.octets) == [Self.transfer])
        #expect(ends.map(\.end) == [.endOfFile])
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["device-closed"])
        await fixture.gateway.stop()
    }

    @Test("B062: after the device's close_notify the upstream's late answer still arrives", arguments: TLSVersion.allCases)
    func halfClose(_ version: TLSVersion) async throws {
        let seen = Kept<UpstreamPeer.Next>()
        let upstream = try ScriptedUpstream { peer in
            _ = peer.receive()
            seen.add(peer.next())
            _ = peer.send(pattern: Self.transfer)
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let (count, end) = try await blocking {
            let device = try fixture.client(pump, versions: version...version)
            try device.send(Array("request".utf8))
            device.sendCloseNotify()
            let (octets, end) = try device.receiveAll()
            return (octets.count, end)
        }
        #expect(seen.values == [.endOfFile])
        #expect(count == Self.transfer)
        #expect(end == .closeNotify)
        await fixture.gateway.stop()
    }

    @Test("A device that has closed and reads slowly still gets close_notify behind the last octet, however full the way is")
    func slowReader() async throws {
        // The way to the device is full by then; sizes that differ by less than a record end at every place of a buffer.
        let sizes = (0..<24).map { (6 << 20) + $0 * 1021 }
        let remaining = Kept<Int>()
        let upstream = try ScriptedUpstream { peer in
            guard let request = peer.receive(), let index = request.first else { return }
            _ = peer.send(pattern: sizes[Int(index)])
            remaining.add(Int(index))
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let ends = try await atOnce(sizes.count) { index in
            let device = try fixture.client(pump)
            try device.send([UInt8(index)])
            device.sendCloseNotify()
            usleep(200_000)
            var count = 0
            while true {
                let next = try device.receive(limit: 4096)
                guard case .octets(let octets) = next else { return (count, next) }
                count += octets.count
            }
        }
        #expect(ends.map(\.0) == sizes)
        #expect(ends.map(\.1) == [TLSClient.Received](repeating: .closeNotify, count: sizes.count))
        await fixture.gateway.stop()
    }

    @Test("After the upstream's FIN the device may go on sending")
    func upstreamHalfCloses() async throws {
        let seen = Kept<(octets: Int, end: UpstreamPeer.Next)>()
        let upstream = try ScriptedUpstream { peer in
            peer.closeSending()
            seen.add(peer.receivePatternAndEnd())
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let first = try await blocking {
            let device = try fixture.client(pump)
            let first = try device.receive()
            var sent = PatternStream()
            while sent.position < 1 << 20 { try device.send(sent.take(64 << 10)) }
            device.sendCloseNotify()
            return first
        }
        #expect(first == .closeNotify)
        let ends = try await seen.values(atLeast: 1)
        #expect(ends.map(\.octets) == [1 << 20])
        #expect(ends.map(\.end) == [.endOfFile])
        await fixture.gateway.stop()
    }

    @Test(
        "A bare FIN of the device is not a clean end: what came is delivered, then the upstream reads RST",
        arguments: TLSVersion.allCases)
    func truncated(_ version: TLSVersion) async throws {
        let seen = Kept<(octets: Int, end: UpstreamPeer.Next)>()
        let upstream = try ScriptedUpstream { peer in seen.add(peer.receivePatternAndEnd()) }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let device = try fixture.client(fixture.pki.pump(), versions: version...version)
        var sent = PatternStream()
        try device.send(sent.take(5000))
        device.truncate()
        let ends = try await seen.values(atLeast: 1)
        #expect(ends.map(\.octets) == [5000])
        #expect(ends.map(\.end) == [.failed(errno: ECONNRESET)])
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["truncated"])
        await fixture.gateway.stop()
    }

    @Test("What a device sent before a bare FIN reaches an upstream that reads late")
    func truncatedBeforeASlowUpstream() async throws {
        let seen = Kept<(octets: Int, end: UpstreamPeer.Next)>()
        let upstream = try ScriptedUpstream { peer in
            // The device is gone, and most of what it sent still waits in the gateway's socket.
            peer.limitReceiveBuffer(octets: 32768)
            usleep(500_000)
            seen.add(peer.receivePatternAndEnd())
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        try await blocking {
            let device = try fixture.client(pump)
            var sent = PatternStream()
            try device.send(sent.take(300_000))
            device.truncate()
            // Stays until the gateway ends the connection.
            _ = try? device.receive()
        }
        let ends = try await seen.values(atLeast: 1)
        #expect(ends.map(\.octets) == [300_000])
        #expect(ends.map(\.end) == [.failed(errno: ECONNRESET)])
        await fixture.gateway.stop()
    }

    @Test("A reset of either side is a reset for the other", arguments: [true, false])
    func reset(byDevice: Bool) async throws {
        let seen = Kept<UpstreamPeer.Next>()
        let upstream = try ScriptedUpstream { peer in
            _ = peer.receive()
            if byDevice { seen.add(peer.next()) } else { peer.resetOnClose() }
        }
        let fixture = try await GatewayFixture(upstream: upstream.address)
        let pump = try fixture.pki.pump()
        let outcome = try await blocking {
            let device = try fixture.client(pump)
            try device.send([1])
            guard byDevice else { return Result { try device.receive() } }
            let patience = ContinuousClock.now + .seconds(15)
            while upstream.receivedOctets == 0, ContinuousClock.now < patience { sched_yield() }
            device.resetOnClose()
            return .success(.endOfFile)
        }
        if byDevice {
            #expect(try await seen.values(atLeast: 1) == [.failed(errno: ECONNRESET)])
        } else {
            #expect(throws: TLSClient.Failure.closed(.transport(errno: ECONNRESET))) { try outcome.get() }
        }
        let ended = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == [byDevice ? "device-reset" : "upstream-reset"])
        await fixture.gateway.stop()
    }
}

extension UpstreamPeer {
    /// How much of a pattern came, and what came instead of more.
    func receivePatternAndEnd() -> (octets: Int, end: Next) {
        var pattern = PatternStream()
        while true {
            let next = next()
            guard case .octets(let octets) = next, pattern.matches(octets) else { return (pattern.position, next) }
        }
    }
}

import EventLoop
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

/// The upstream is a second gateway, which asks for certificates itself and logs what it was shown.
@Suite("B095: a TLS upstream is who it should be, or hears nothing")
struct UpstreamTLSTests {
    private struct Chain {
        let echo: ScriptedUpstream
        let platform: GatewayFixture
        let gateway: GatewayFixture
        let ownCertificate: LabCertificate

        /// - Parameters:
        ///   - name: that the upstream's certificate must carry; it carries localhost, 127.0.0.1 and ::1.
        ///   - trust: the file of the authorities that may vouch for the upstream.
        ///   - cable: what lies between the gateway and the upstream at this address.
        init(
            name: String = "localhost", trust: String = "platform-root.pem", shows certificate: String? = "own",
            cable: (SocketAddress) throws -> SocketAddress = { $0 }
        ) async throws {
            let echo = try ScriptedUpstream.echo()
            let platform = try await GatewayFixture(upstream: echo.address)
            let own = try platform.pki.issuing.issueDevice("urn:hospital:device:gateway:7")
            let shown = certificate.map { ", certificate: { chain: \($0).pem, key: \($0).key }" } ?? ""
            gateway = try await GatewayFixture(
                upstream: try cable(platform.address()),
                configuration: {
                    $0.replacing(
                        "upstreams:\n  backend:\n",
                        by: "upstreams:\n  backend:\n    tls: { trust: \(trust), name: \(name)\(shown) }\n")
                },
                files: { directory, _ in
                    try platform.pki.root.certificate.write(to: directory.file("platform-root.pem"), .alone)
                    try own.write(to: directory.file("own.pem"))
                    try own.key.write(to: directory.file("own.key"))
                }
            )
            self.echo = echo
            self.platform = platform
            ownCertificate = own
        }

        func stop() async {
            await gateway.gateway.stop()
            await platform.gateway.stop()
        }
    }

    @Test("Name and chain are verified, and the gateway shows its own certificate", arguments: ["localhost", "127.0.0.1"])
    func verified(_ name: String) async throws {
        let chain = try await Chain(name: name)
        #expect(try await chain.gateway.attempt(chain.gateway.pki.pump()) == .served)
        let admitted = try await chain.platform.log.lines("admitted", atLeast: 1)
        #expect(admitted.map { $0.fields["serial"] } == [chain.ownCertificate.serialText])
        #expect(chain.echo.connections == 1)
        await chain.stop()
    }

    @Test(
        "An upstream of the wrong name or the wrong authority gets not one octet",
        arguments: [
            ("other.example", "platform-root.pem"), ("127.0.0.2", "platform-root.pem"), ("localhost", "root.pem"),
        ])
    func untrusted(_ upstream: (name: String, trust: String)) async throws {
        let chain = try await Chain(name: upstream.name, trust: upstream.trust)
        #expect(try await chain.gateway.attempt(chain.gateway.pki.pump()) == .ended(.closeNotify))
        let failed = try await chain.gateway.log.lines("upstream failed", atLeast: 1)
        #expect(failed.map { $0.fields["reason"] } == ["upstream-untrusted"])
        #expect(chain.echo.connections == 0)
        #expect(chain.echo.receivedOctets == 0)
        #expect(chain.platform.log.lines("admitted").isEmpty)
        await chain.stop()
    }

    @Test("An upstream that speaks no TLS gets a hello and nothing of the device")
    func plainUpstream() async throws {
        let seen = Kept<[UInt8]>()
        let upstream = try ScriptedUpstream { peer in
            _ = peer.send(Array("220 plain\r\n".utf8))
            var octets: [UInt8] = []
            while let more = peer.receive() { octets += more }
            seen.add(octets)
        }
        let fixture = try await GatewayFixture(upstream: upstream.address) {
            $0.replacing(
                "upstreams:\n  backend:\n", by: "upstreams:\n  backend:\n    tls: { trust: root.pem, name: localhost }\n")
        }
        #expect(try await fixture.attempt(fixture.pki.pump()) == .ended(.closeNotify))
        let octets = try #require(try await seen.values(atLeast: 1).first)
        #expect(octets.first == 22)
        #expect(!String(decoding: octets, as: UTF8.self).contains("good morning"))
        await fixture.gateway.stop()
    }

    @Test("Octets pass through both TLS connections unchanged, and ends do", arguments: TLSVersion.allCases)
    func relayed(_ version: TLSVersion) async throws {
        let chain = try await Chain()
        let pump = try chain.gateway.pki.pump()
        let gateway = chain.gateway
        let (isSame, end) = try await blocking { () -> (Bool, TLSClient.Received?) in
            let device = try gateway.client(pump, versions: version...version)
            var sent = PatternStream()
            var pattern = PatternStream()
            while sent.position < 4 << 20 {
                try device.send(sent.take(32 << 10))
                while pattern.position < sent.position {
                    guard case .octets(let octets) = try device.receive(), pattern.matches(octets) else { return (false, nil) }
                }
            }
            device.sendCloseNotify()
            return (true, try device.receive())
        }
        #expect(isSame)
        #expect(end == .closeNotify)
        let ended = try await chain.platform.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["device-closed"])
        await chain.stop()
    }

    @Test("A connection to the upstream that breaks off is no clean end to the device", arguments: TLSVersion.allCases)
    func truncated(_ version: TLSVersion) async throws {
        let ends = Kept<UpstreamPeer>()
        let chain = try await Chain(cable: { platform in
            try ScriptedUpstream { end in
                guard let far = try? PlainClient(to: platform) else { return }
                ends.add(end)
                _ = LoopThread.spawn(name: "cable") { while case .octets(let octets) = far.next(), end.send(octets) {} }
                while let octets = end.receive(), far.send(octets) {}
            }.address
        })
        let device = try chain.gateway.client(chain.gateway.pki.pump(), versions: version...version)
        #expect(try device.greet() == .served)
        try await ends.values(atLeast: 1).first?.closeSending()
        #expect(try device.receive() == .endOfFile)
        let ended = try await chain.gateway.log.lines("session ended", atLeast: 1)
        #expect(ended.map { $0.fields["reason"] } == ["truncated"])
        await chain.stop()
    }
}

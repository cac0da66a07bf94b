import EchoUpstream
import Foundation
import LinuxPolling
import LoadClient
import Testing

@Suite("A run counts every connection once: succeeded, or failed with its kind", .timeLimit(.minutes(1)))
struct LoadRunTests {
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    private func run(
        _ mode: LoadPlan.Mode, against port: UInt16, device: LoopbackTLSEcho, version: TLSVersion = .v13, parallel: Int = 3,
        verification: ServerVerification? = nil, timeout: UInt64 = 10_000_000_000,
        resumption: LoadPlan.Resumption = .never
    ) throws -> LoadOutcome {
        let settings = TLSClientContext.Settings(
            version: version,
            cipher: TLSClientContext.Settings.defaultCipher(for: version),
            groups: "X25519:P-256",
            verification: verification ?? .against(trustAnchors: device.certificateFile)
        )
        let credential = try Credential(certificateFile: device.certificateFile, keyFile: device.keyFile, chainFile: nil)
        let load = try LoadRun(
            plan: LoadPlan(mode: mode, parallel: parallel, timeoutNanoseconds: timeout, resumption: resumption),
            target: SocketAddress("127.0.0.1:\(port)"),
            serverName: "localhost",
            context: TLSClientContext(settings),
            credentials: [credential]
        )
        return try load.run(until: nil) { _ in }
    }

    @Test("full handshakes with both versions succeed, and say what was agreed", arguments: [TLSVersion.v13, .v12])
    func handshakes(version: TLSVersion) throws {
        let server = try LoopbackTLSEcho(connections: 7, behavior: .echo)
        let outcome = try run(.handshake(connections: 7, bytes: 64), against: server.port, device: server, version: version)
        try server.finish()
        #expect(outcome.isFlawless)
        #expect(outcome.succeeded == 7)
        #expect(outcome.bytesEchoed == 7 * 64)
        #expect(outcome.handshakeLatencies.count == 7)
        #expect(outcome.agreements.keys.allSatisfy { $0.hasPrefix(version.rawValue) })
        #expect(outcome.connectionsWithTicket == (version == .v12 ? 7 : 0))
    }

    @Test(
        "a device comes back with its session when it is told to, and only then",
        arguments: [(LoadPlan.Resumption.wherePossible, 6), (.never, 0)])
    func resumption(asked: LoadPlan.Resumption, resumed: Int) throws {
        let server = try LoopbackTLSEcho(connections: 7, behavior: .echo)
        let outcome = try run(
            .handshake(connections: 7, bytes: 64), against: server.port, device: server, version: .v12, parallel: 1,
            resumption: asked
        )
        try server.finish()
        #expect(outcome.isFlawless && outcome.succeeded == 7 && outcome.resumed == resumed)
    }

    @Test("ping-pong and stream run for their time and end clean")
    func forATime() throws {
        for mode in [LoadPlan.Mode.pingpong(bytes: 256, nanoseconds: 200_000_000), .stream(nanoseconds: 200_000_000)] {
            let server = try LoopbackTLSEcho(connections: 1, behavior: .echo)
            let outcome = try run(mode, against: server.port, device: server, parallel: 1)
            try server.finish()
            #expect(outcome.isFlawless)
            #expect(outcome.succeeded == 1)
            #expect(outcome.bytesEchoed > 0)
            #expect(outcome.exchangeNanoseconds >= 200_000_000)
        }
    }

    @Test("churn opens nothing once its time is over")
    func churn() throws {
        let server = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let outcome = try run(.churn(bytes: 64, nanoseconds: 1), against: server.port, device: server, parallel: 1)
        try server.finish()
        #expect(outcome.isFlawless && outcome.started == 0)
    }

    @Test("idle connections are silent for their time, and prove at its end that they live")
    func idle() throws {
        // The server serves one at a time.
        let server = try LoopbackTLSEcho(connections: 1, behavior: .echo)
        let outcome = try run(.idle(bytes: 64, nanoseconds: 200_000_000), against: server.port, device: server, parallel: 1)
        try server.finish()
        #expect(outcome.isFlawless && outcome.succeeded == 1 && outcome.bytesEchoed == 64)
        #expect(outcome.exchangeNanoseconds >= 200_000_000)
    }

    @Test("an upstream that changes a byte is seen")
    func wrongEcho() throws {
        let server = try LoopbackTLSEcho(connections: 1, behavior: .reversed)
        let outcome = try run(.handshake(connections: 1, bytes: 64), against: server.port, device: server)
        try server.finish()
        #expect(outcome.failures == [LoadFailure(phase: .exchange, cause: .wrongEcho): 1])
    }

    @Test("a device that the server does not trust reads its alert")
    func refused() throws {
        let server = try LoopbackTLSEcho(connections: 2, behavior: .echo)
        let stranger = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let outcome = try run(
            .handshake(connections: 2, bytes: 64), against: server.port, device: stranger, verification: ServerVerification.none)
        try server.finish()
        try stranger.finish()
        #expect(outcome.succeeded == 0)
        #expect(outcome.failed == 2)
        // A close with unread bytes may outrun the alert (RFC 9293 §3.5.3), so a reset is a fair outcome of this plain server.
        let fair: Set<LoadFailure.Cause> = [.alert(48), .alert(42), .alert(46), .reset]
        #expect(outcome.failures.keys.allSatisfy { $0.phase == .exchange && fair.contains($0.cause) })
    }

    @Test("a server that is not trusted gets no byte of the exchange")
    func untrustedServer() throws {
        let server = try LoopbackTLSEcho(connections: 1, behavior: .echo)
        let stranger = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let outcome = try run(.handshake(connections: 1, bytes: 64), against: server.port, device: stranger)
        try server.finish()
        try stranger.finish()
        #expect(outcome.failures == [LoadFailure(phase: .handshake, cause: .serverUntrusted): 1])
    }

    @Test("nothing listens: every connection is counted as refused")
    func refusedConnect() throws {
        let device = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        device.waitUntilServed()
        let outcome = try run(.handshake(connections: 4, bytes: 64), against: device.port, device: device)
        try device.removeFiles()
        #expect(outcome.failures == [LoadFailure(phase: .connect, cause: .system(ECONNREFUSED)): 4])
    }

    @Test("a server that accepts and then says nothing is a time-out of the handshake")
    func silentServer() throws {
        let device = try LoopbackTLSEcho(connections: 0, behavior: .echo)
        let silent = try EchoUpstream(bind: SocketAddress("127.0.0.1:0"))
        let outcome = try run(
            .handshake(connections: 2, bytes: 64), against: silent.port, device: device, timeout: 200_000_000
        )
        try device.finish()
        #expect(outcome.failures == [LoadFailure(phase: .handshake, cause: .timeout): 2])
    }
}

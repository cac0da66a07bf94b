import EventLoop
import GatewayTesting
import Glibc
import LabPKI
import SignatureChecking
import TLSOrigination
import TLSStream
import Testing

@Suite("pulsegate run, as a process")
struct RunCommandTests {
    @Test("B101: SIGTERM and SIGINT end it with exit code 0", arguments: [SIGTERM, SIGINT])
    func terminate(signal: Int32) async throws {
        let site = try await GatewayFiles()
        let process = try await site.run()
        let client = try Self.device(site)
        try client.send([1, 2, 3])
        #expect(try client.receive(exactly: 3) == [1, 2, 3])
        client.sendCloseNotify()
        _ = try client.receiveAll()
        process.signal(signal)
        #expect(await process.exit(within: .seconds(20)) == .code(0), "\(process.error)")
        #expect(process.output.isEmpty)
    }

    @Test("B101: a session that runs at SIGTERM may finish, and no new device is taken")
    func drain() async throws {
        let site = try await GatewayFiles()
        let process = try await site.run()
        let client = try Self.device(site)
        try client.send([1])
        #expect(try client.receive(exactly: 1) == [1])
        process.signal(SIGTERM)
        #expect(await process.says("draining", within: .seconds(5)))
        try await eventually { (try? Self.device(site)) == nil }
        #expect(throws: TLSClient.Failure.self) { try Self.device(site) }
        try client.send([2])
        #expect(try client.receive(exactly: 1) == [2])
        client.sendCloseNotify()
        #expect(try client.receiveAll().end == .closeNotify)
        #expect(await process.exit(within: .seconds(20)) == .code(0), "\(process.error)")
    }

    @Test(
        "B102: a session that never ends is cut at the drain's deadline; a second signal does not wait for it",
        arguments: [1, 600])
    func deadline(drainSeconds: Int) async throws {
        let site = try await GatewayFiles { $0.replacing("drain: 5s", with: "drain: \(drainSeconds)s") }
        let process = try await site.run()
        let client = try Self.device(site)
        try client.send([1])
        #expect(try client.receive(exactly: 1) == [1])
        process.signal(SIGTERM)
        #expect(await process.says("draining", within: .seconds(5)))
        if drainSeconds > 60 { process.signal(SIGTERM) }
        #expect(try client.receive() == .closeNotify)
        #expect(await process.exit(within: .seconds(20)) == .code(0), "\(process.error)")
    }

    @Test("B099: SIGHUP with a broken file is said, and the old state serves on; with a good one the next is taken")
    func reload() async throws {
        let site = try await GatewayFiles()
        let process = try await site.run()
        let good = GatewayFixture.configuration(upstream: site.upstream.address)
        site.directory.write("listeners: [", to: "gateway.yaml")
        process.signal(SIGHUP)
        #expect(await process.says("reload refused, the old state serves on", within: .seconds(5)), "\(process.error)")
        let client = try Self.device(site)
        try client.send([1])
        #expect(try client.receive(exactly: 1) == [1])
        site.directory.write(good, to: "gateway.yaml")
        process.signal(SIGHUP)
        #expect(await process.says("\"generation\":\"2\"", within: .seconds(5)), "\(process.error)")
        process.signal(SIGTERM)
        client.sendCloseNotify()
        #expect(await process.exit(within: .seconds(20)) == .code(0), "\(process.error)")
    }

    @Test(
        "B116: a taken port is exit code 3 with its address, and no other port is left open", arguments: ["listener", "metrics"])
    func portInUse(which: String) async throws {
        let site = try await GatewayFiles()
        guard let taken = SocketAddress(ip: "127.0.0.1", port: which == "listener" ? site.port : site.metricsPort) else {
            preconditionFailure("loopback")
        }
        let squatter = try ListeningSocket.open(address: taken, count: 1)
        let process = try ProgramUnderTest.start(["run", "--config", site.file])
        #expect(await process.exit(within: .seconds(15)) == .code(3), "\(process.error)")
        #expect(process.error.contains("\(taken.description.split(separator: ":").last ?? "")"), "\(process.error)")
        withExtendedLifetime(squatter) {}
    }

    @Test("A second gateway on the same state directory or port is refused")
    func second() async throws {
        let site = try await GatewayFiles()
        let first = try await site.run()
        let second = try await ProgramUnderTest.run(["run", "--config", site.file])
        #expect(second.code == 3 && second.error.contains("is in use by another running gateway"), "\(second)")
        let text = GatewayFixture.configuration(upstream: site.upstream.address)
            .replacing("bind: [\"127.0.0.1:0\"]", with: "bind: [\"127.0.0.1:\(site.port)\"]")
            .replacing("state_directory: state", with: "state_directory: other-state")
        let file = site.directory.write(text, to: "other.yaml")
        let third = try await ProgramUnderTest.run(["run", "--config", file])
        #expect(third.code == 3 && third.error.contains("Address already in use"), "\(third)")
        #expect(first.isRunning)
    }

    @Test(
        "Errors in the configuration or in a file it names: exit code 1, nothing listens",
        arguments: ["gateway.yaml", "root.pem", "issuing.crl", "server.key"])
    func broken(name: String) async throws {
        let site = try await GatewayFiles()
        site.directory.write("garbage", to: name)
        let outcome = try await ProgramUnderTest.run(["run", "--config", site.file])
        #expect(outcome.code == 1)
        #expect(outcome.error.contains(site.directory.file(name)), "\(outcome.error)")
    }

    private static func device(_ site: GatewayFiles) throws -> TLSClient {
        let certificate = try site.pki.issuing.issueDevice("urn:hospital:device:pump:1")
        let context = try TLSClientContext(
            .init(
                trustAnchors: Array(try site.pki.root.certificate.pem().utf8),
                serverName: "localhost",
                certificate: CertifiedKey(
                    chain: Array(try certificate.chainPEM().utf8), key: Array(try certificate.key.pem().utf8))
            ),
            library: CryptoLibrary()
        )
        return try TLSClient(context, to: site.address, timeoutSeconds: 10)
    }
}

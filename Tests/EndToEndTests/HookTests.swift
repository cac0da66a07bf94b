import AdminClient
import DeviceRegistry
import EventLoop
import GatewayTesting
import Glibc
import PKITypes
import Testing

@Suite("Hooks of a running gateway")
struct HookTests {
    private static let context = CommandContext(actor: .person("test"), reason: "scrapped", time: UnixSeconds(1))
    private static let pump = DeviceIdentity(text: "urn:hospital:device:pump:1")

    private static func site(_ hooks: (TemporaryDirectory) -> String) throws -> GatewaySite {
        let directory = TemporaryDirectory()
        let text = hooks(directory)
        let site = try GatewaySite(
            upstream: ScriptedUpstream.echo().address,
            configuration: { $0 + "registry: { hooks: [\(text)] }\n" })
        return site
    }

    private static func script(_ text: String, in directory: TemporaryDirectory) -> String {
        let path = directory.write("#!/bin/sh\n\(text)\n", to: "hook.sh")
        chmod(path, 0o700)
        return path
    }

    private static func enroll(_ gateway: GatewayFixture) throws {
        try gateway.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.enroll(DeviceRecord(identity: pump, enrolledAt: context.time, enrolledBy: context.actor))
        }
    }

    private static func receipts(
        _ path: String, once outcome: HookReceipt.Outcome, count: Int = 1
    ) async throws -> [HookReceipt] {
        let registry = Registry(try SQLiteDeviceStore(path: path, examination: .none))
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let receipts = try registry.receipts(of: pump)
            if receipts.count(where: { $0.outcome == outcome }) >= count || ContinuousClock.now > deadline { return receipts }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test("a program hears of a retirement, called again until it works, and of nothing else")
    func program() async throws {
        let files = TemporaryDirectory()
        let heard = files.file("heard.json")
        // Fails the first time.
        let script = Self.script("cat > \(heard) && [ -e \(heard).tried ] && exit 0; touch \(heard).tried; exit 7", in: files)
        let fixture = try await GatewayFixture(
            Self.site { _ in "{ name: purge, on: [retired], exec: [\(script)] }" })
        try Self.enroll(fixture)
        for command in [DeviceCommand.activate, .retire] {
            _ = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                try registry.perform(command, on: Self.pump, Self.context)
            }
        }
        let receipts = try await Self.receipts(fixture.gateway.registryPath, once: .delivered)
        #expect(receipts.map(\.hook) == ["purge"] && receipts.map(\.attempts) == [2] && receipts.map(\.answer) == ["exit 0"])
        let told = try #require(JSONNode.read(Array(try String(contentsOf: heard).utf8)))
        #expect(told["identity"]?.text == Self.pump.text && told["to"]?.text == "retired" && told["reason"]?.text == "scrapped")
        #expect(told["actor"]?.text == "person:test" && told["attempt"]?.number == 2)
        let page = try await fixture.metrics(once: "pulsegate_hook_calls_total{hook=\"purge\",result=\"succeeded\"}", is: 1)
        #expect(page["pulsegate_hook_calls_total{hook=\"purge\",result=\"failed\"}"] == 1)
        #expect(try await fixture.log.lines("hook failed, it is called again", atLeast: 1).first?.fields["answer"] == "exit 7")
        await fixture.gateway.stop()
    }

    @Test("a webhook that is not there is called after a restart, also for what was done meanwhile on the store itself")
    func webhook() async throws {
        let port = EphemeralPort.reserve()
        let url = "http://127.0.0.1:\(port)/purge"
        let site = try Self.site { _ in "{ name: purge, on: [retired], webhook: \"\(url)\", timeout: 2s }" }
        let path = try await Self.retireWhileDown(site)
        let server = try HookServer(port: port)
        let again = try await GatewayFixture(site)
        let receipts = try await Self.receipts(path, once: .delivered, count: 2)
        #expect(receipts.map(\.outcome) == [.delivered, .delivered] && receipts.map(\.answer) == ["204", "204"])
        let bodies = server.stop()
        #expect(bodies.count == 2 && bodies.allSatisfy { $0.contains("\"identity\":\"\(Self.pump.text)\"") })
        await again.gateway.stop()
    }

    /// Retired by a gateway whose hook fails, reinstated and retired again without one.
    private static func retireWhileDown(_ site: GatewaySite) async throws -> String {
        let fixture = try await GatewayFixture(site)
        try enroll(fixture)
        _ = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.perform(.retire, on: pump, context)
        }
        let path = fixture.gateway.registryPath
        let failed = try await receipts(path, once: .failed)
        #expect(failed.map(\.outcome) == [.failed])
        await fixture.gateway.stop()
        let offline = Registry(try SQLiteDeviceStore(path: path))
        _ = try offline.perform(.reinstate, on: pump, context)
        _ = try offline.perform(.retire, on: pump, context)
        return path
    }
}

/// Answers 204 to whoever posts, and keeps what was posted.
private final class HookServer: Sendable {
    private let child: ChildProcess
    private let directory = TemporaryDirectory()

    init(port: UInt16) throws {
        let program = """
            import http.server, sys
            class Hook(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers['Content-Length'])).decode()
                    open(sys.argv[2], 'a').write(body + '\\n')
                    self.send_response(204)
                    self.end_headers()
                def log_message(self, *_): pass
            http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Hook).serve_forever()
            """
        child = try ChildProcess("/usr/bin/python3", ["-c", program, "\(port)", directory.file("bodies")])
    }

    func stop() -> [String] {
        child.signal(SIGTERM)
        return ((try? String(contentsOf: directory.file("bodies"))) ?? "").split(separator: "\n").map(String.init)
    }
}

extension String {
    fileprivate init(contentsOf path: String) throws {
        guard let file = fopen(path, "re") else { throw HookFileFailure.absent(path) }
        defer { fclose(file) }
        var octets = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&octets, 1, octets.count, file)
        self = String(decoding: octets[..<count], as: UTF8.self)
    }
}

private enum HookFileFailure: Error { case absent(String) }

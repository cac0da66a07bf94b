import AdminClient
import DeviceRegistry
import GatewayTesting
import PKITypes
import TLSOrigination
import Testing

@Suite("The admin API of a running gateway")
struct AdminTests {
    private static let context = CommandContext(actor: .person("test"), reason: "a test", time: UnixSeconds(1))

    private static func fixture(_ edit: @escaping (String) -> String = { $0 }) async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            configuration: { edit($0.replacing("devices: any", with: "devices: registered")) })
    }

    private static func socket(_ fixture: GatewayFixture) -> AdminSocket {
        AdminSocket(path: fixture.gateway.configuration.adminSocket)
    }

    private static func identity(_ number: Int) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:pump:\(number)") }

    private static func enroll(_ numbers: ClosedRange<Int>, _ remote: RemoteDirectory) async throws {
        try await blocking {
            for number in numbers {
                try remote.enroll(
                    DeviceRecord(identity: identity(number), enrolledAt: context.time, enrolledBy: context.actor))
            }
        }
    }

    @Test("a device that is retired over the socket is cut when the command has returned", arguments: TLSVersion.allCases)
    func retire(_ version: TLSVersion) async throws {
        let fixture = try await Self.fixture()
        let remote = RemoteDirectory(Self.socket(fixture))
        try await Self.enroll(1...2, remote)
        let device = try fixture.client(fixture.pki.pump(1), versions: version...version)
        let other = try fixture.client(fixture.pki.pump(2), versions: version...version)
        #expect(try device.greet() == .served && other.greet() == .served)
        let clock = ContinuousClock()
        let returned = try await blocking {
            _ = try remote.perform(.retire, on: Self.identity(1), Self.context)
            return clock.now
        }
        #expect(try device.receive() == .closeNotify)
        let elapsed = clock.now - returned
        #expect(elapsed < .seconds(2))
        print("retire to close_notify: \(elapsed)")
        #expect(try other.greet() == .served)
        let history = try await blocking { try remote.history(of: Self.identity(1)) }
        #expect(history.last?.to == .retired && history.last?.actor == .person("test") && history.last?.reason == "a test")
        await fixture.gateway.stop()
    }

    @Test("sessions are listed as they are, and closed by id and by identity")
    func sessions() async throws {
        let fixture = try await Self.fixture()
        let socket = Self.socket(fixture)
        try await Self.enroll(1...3, RemoteDirectory(socket))
        let clients = try (1...3).map { try fixture.client(fixture.pki.pump($0)) }
        for client in clients { #expect(try client.greet() == .served) }
        func list(_ query: [(String, String)] = []) async throws -> [JSONNode] {
            try await blocking { try socket.node(try socket.get("/v1/sessions", query))["sessions"]?.elements ?? [] }
        }
        let all = try await list()
        #expect(Set(all.compactMap { $0["identity"]?.text }) == Set((1...3).map { Self.identity($0).text }))
        #expect(all.allSatisfy { $0["state"]?.text == "relaying" && $0["listener"]?.text == "devices" })
        #expect(all.allSatisfy { $0["policy"]?.text == "devices" && $0["since"]?.text != nil && $0["source"]?.text != nil })
        let first = try await list([("identity", Self.identity(1).text)])
        let id = try #require(first.first?["id"]?.text)
        let decisions = try await fixture.log.lines("admitted", atLeast: 3).compactMap { $0.fields["decision"] }
        #expect(first.count == 1 && decisions.contains(id))

        func close(_ name: String, _ value: String) async throws -> Int? {
            let body = Array(JSONNode.texts([(name, value)]).json.utf8)
            return try await blocking {
                do throws(AdminSocket.Failure) {
                    return try socket.node(try socket.post("/v1/sessions/close", [], .octets(body)))["sessions"]?.elements?.count
                } catch {
                    guard case .refused(let failure, _) = error, failure.status == 404 else { throw error }
                    return 0
                }
            }
        }
        #expect(try await close("id", id) == 1)
        #expect(try clients[0].receive() == .closeNotify)
        #expect(try await close("identity", Self.identity(2).text) == 1)
        #expect(try clients[1].receive() == .closeNotify)
        #expect(try await close("id", "0000000000000000") == 0)
        #expect(try clients[2].greet() == .served)
        // The device may come again: nobody sent it away.
        #expect(try await fixture.attempt(fixture.pki.pump(1), .tls13) != .served, "another key under its name")
        await fixture.gateway.stop()
    }

    @Test("status tells generation and phase; reload answers with the new generation or with the findings; drain waits")
    func operations() async throws {
        let fixture = try await Self.fixture()
        let socket = Self.socket(fixture)
        func status() async throws -> JSONNode { try await blocking { try socket.node(try socket.get("/v1/status")) } }
        let before = try await status()
        #expect(before["phase"]?.text == "serving" && before["ready"]?.text == "true" && before["generation"]?.number == 1)
        #expect(before["listeners"]?.elements?.first?["addresses"]?.elements?.first?.text == "\(fixture.address())")
        #expect(before["lists"]?.elements?.count == 2 && before["lists"]?.elements?.first?["entries"]?.number == 0)
        let reloaded = try await blocking { try socket.node(try socket.post("/v1/reload")) }
        #expect(reloaded["generation"]?.number == 2)

        fixture.rewriteConfiguration(fixture.site.text + "colour: red\n")
        let refused = await #expect(throws: AdminSocket.Failure.self) { try await blocking { try socket.post("/v1/reload") } }
        guard case .refused(let failure, let body)? = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        let findings = JSONNode.read(body)?["error"]?["findings"]?.elements ?? []
        let finding = findings.first { $0["severity"]?.text == "error" }
        #expect(failure.status == 422 && finding?["message"]?.text?.contains("colour") == true && finding?["line"]?.number != nil)
        #expect(try await status()["last_reload"]?.text == "refused")
        let word = await #expect(throws: AdminSocket.Failure.self) {
            try await blocking { try socket.post("/v1/reload", [], .octets(Array("{\"confirm\":true}".utf8))) }
        }
        guard case .refused(let nothing, _)? = word else {
            Issue.record("\(String(describing: word))")
            return
        }
        #expect(nothing.status == 409 && nothing.code == "nothing-held")

        #expect(try await blocking { try socket.node(try socket.post("/v1/drain")) }["drained"]?.text == "true")
        #expect(try await status()["phase"]?.text == "draining")
        await fixture.gateway.stop()
        #expect(!socket.answers)
    }

    @Test("the last admission of a device is written down, and stays when the gateway ends")
    func lastSeen() async throws {
        let fixture = try await Self.fixture()
        let remote = RemoteDirectory(Self.socket(fixture))
        try await Self.enroll(1...1, remote)
        let pump = try fixture.pki.pump(1)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        let bound = try await blocking { try remote.record(of: Self.identity(1))?.record.lastSeen }
        try await Task.sleep(for: .milliseconds(1100))
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        _ = try await fixture.log.lines("admitted", atLeast: 2)
        let path = fixture.gateway.registryPath
        await fixture.gateway.stop()
        let record = try #require(try Registry(try SQLiteDeviceStore(path: path)).record(of: Self.identity(1))?.record)
        #expect(try #require(record.lastSeen) > #require(bound) && record.credentials.map(\.lastSeen) == [record.lastSeen])
    }
}

import AdminAPI
import AdminClient
import DeviceRegistry
import GatewayTesting
import PKITypes
import Testing

@Suite("A running gateway's registry", .timeLimit(.minutes(1)))
struct RemoteDirectoryTests {
    private static let now = UnixSeconds(1_800_000_000)
    private static let context = CommandContext(actor: .person("mara"), reason: "a \"test\"; ü", time: now)

    private final class Site: Sendable {
        let directory = TemporaryDirectory()
        let registry: Registry
        let server: AdminServer
        let remote: RemoteDirectory

        init() async throws {
            let registry = Registry(try SQLiteDeviceStore(path: directory.file("registry.sqlite")))
            self.registry = registry
            let service = { @Sendable in DirectoryService(registry, now: RemoteDirectoryTests.now) }
            let answer = { @Sendable (answer: ExchangeAnswer) in AdminAnswer(answer.status, answer.json) }
            let path = directory.file("admin.sock")
            server = try await AdminServer(
                path: path, spoolDirectory: directory.path,
                routes: [
                    AdminRoute(.get, "/v1/devices") { answer(service().list($0.query)) },
                    AdminRoute(.get, "/v1/device") { answer(service().show($0.query)) },
                    AdminRoute(.get, "/v1/devices/counts") { _ in answer(service().counts()) },
                    AdminRoute(.post, "/v1/devices/enroll", body: .read) { answer(service().enroll($0.body)) },
                    AdminRoute(.post, "/v1/devices/command", body: .read) { answer(service().command($0.body)) },
                    AdminRoute(.post, "/v1/devices/import", body: .spooled) { request in
                        answer(service().importInventory(request.query, file: request.file ?? "") { _ in })
                    },
                ])
            remote = RemoteDirectory(AdminSocket(path: path))
        }
    }

    /// Off the threads that the server answers with.
    private static func asking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await blocking(body)
    }

    private static func records(_ directory: any DeviceDirectory, _ filter: DeviceFilter) throws -> [StoredRecord] {
        var records: [StoredRecord] = []
        try directory.forEachRecord(matching: filter, at: now) {
            records.append($0)
            return true
        }
        return records
    }

    @Test("Nobody answers where no gateway runs")
    func nobody() { #expect(!AdminSocket(path: "/nonexistent/admin.sock").answers) }

    @Test("What is done and read over the socket is what is done and read in the store")
    func same() async throws {
        let site = try await Site()
        let (remote, registry) = (site.remote, site.registry)
        let identity = DeviceIdentity(text: "urn:d:ä b&c=%")
        let text = "identity,state,lot,owner\n" + (0..<1500).map { "urn:d:\($0),active,L\($0 % 2),\n" }.joined()
        let file = site.directory.write(text, to: "devices.csv")
        try await Self.asking {
            let outcome = try remote.importInventory(InventoryFile(path: file, format: .csv), Self.context) { _ in }
            #expect(outcome.enrolled == 1500 && outcome.updated == 0)
            var record = DeviceRecord(identity: identity, enrolledAt: Self.now, enrolledBy: Self.context.actor)
            record.description.notes = "line one\nline \"two\""
            record.posture = ["recall": "none"]
            #expect(throws: RegistryFailure.self) { try remote.enroll(record) }
        }
        let sound = DeviceIdentity(text: "urn:d:ä&c=%;+")
        try await Self.asking {
            var record = DeviceRecord(identity: sound, enrolledAt: Self.now, enrolledBy: Self.context.actor)
            record.description.notes = "line one\nline \"two\""
            try remote.enroll(record)
            #expect(try remote.record(of: sound)?.record == record)
            #expect(try remote.perform(.activate, on: sound, Self.context).state == .active)
            #expect(try remote.record(of: sound) == registry.record(of: sound))
            #expect(try remote.history(of: sound) == registry.history(of: sound) && remote.receipts(of: sound).isEmpty)
            #expect(try remote.record(of: DeviceIdentity(text: "urn:nobody")) == nil)
            #expect(try remote.counts() == registry.counts())
            #expect(try Self.records(remote, DeviceFilter()) == Self.records(registry, DeviceFilter()), "in pages")
            var filter = DeviceFilter()
            filter.lot = "L1"
            let dry = try remote.performOnAll(.retire, matching: filter, Self.context, mode: .dryRun)
            #expect(try dry == registry.performOnAll(.retire, matching: filter, Self.context, mode: .dryRun))
            #expect(dry.changed == [.active: 750])
            #expect(try remote.performOnAll(.retire, matching: filter, Self.context, mode: .apply) == dry)
            let again = try remote.performOnAll(.disable, matching: filter, Self.context, mode: .dryRun)
            #expect(try again == registry.performOnAll(.disable, matching: filter, Self.context, mode: .dryRun))
            #expect(again.refusedCount == 750 && !again.refused.isEmpty)
        }
        await site.server.stop()
    }

    @Test("Refusals and faulty files are told as the store tells them")
    func refusals() async throws {
        let site = try await Site()
        let (remote, registry) = (site.remote, site.registry)
        let file = InventoryFile(
            path: site.directory.write("identity,state\nurn:a,alive\nurn:b,active,more\n", to: "devices.csv"), format: .csv)
        try await Self.asking {
            let unknown = #expect(throws: RegistryFailure.self) {
                try remote.perform(.retire, on: DeviceIdentity(text: "urn:x"), Self.context)
            }
            guard case .remote(let failure)? = unknown else {
                Issue.record("\(String(describing: unknown))")
                return
            }
            #expect(failure.status == 404 && failure.isRefusal && failure.reason == "urn:x: no such device in the registry")
            func problems(_ directory: any DeviceDirectory) -> [String] {
                do throws(ImportFailure) {
                    _ = try directory.importInventory(file, Self.context) { _ in }
                    return []
                } catch {
                    guard case .problems(let problems, 0) = error else { return ["\(error)"] }
                    return problems.map(\.description)
                }
            }
            #expect(problems(remote).count == 2 && problems(remote) == problems(registry))
        }
        await site.server.stop()
    }
}

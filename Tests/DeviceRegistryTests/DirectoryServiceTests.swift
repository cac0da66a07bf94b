import PKITypes
import Testing

@testable import DeviceRegistry

@Suite("Requests about devices")
struct DirectoryServiceTests {
    private static func service(_ kind: AnyStore = .memory, devices: Int = 0) throws -> (DirectoryService, Registry) {
        let (registry, _) = try kind.registry()
        for number in 0..<devices {
            let record = DeviceRecord(
                identity: DeviceIdentity(text: "urn:d:\(1000 + number)"), enrolledAt: Sample.start, enrolledBy: Sample.person)
            try registry.enroll(record)
        }
        return (DirectoryService(registry, now: Sample.start), registry)
    }

    private static func body(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("A list comes in pages, each device once, and ends")
    func pages() throws {
        let (service, _) = try Self.service(devices: 25)
        var seen: [String] = []
        var after: String?
        repeat {
            let answer = service.list([("state", "provisioned"), ("limit", "10")] + (after.map { [("after", $0)] } ?? []))
            #expect(answer.status == 200)
            let page = try #require(JSONNode.read(Array(answer.json.utf8)))
            seen += (page["devices"]?.elements ?? []).compactMap { $0["identity"]?.text }
            after = page["next"]?.text
        } while after != nil
        #expect(seen == (0..<25).map { "urn:d:\(1000 + $0)" })
    }

    @Test(
        "What cannot be meant is 400, what is not there 404, what a state forbids 409",
        arguments: [
            ("{", 400, "bad-request"), ("{\"command\":\"retire\"}", 400, "bad-request"),
            ("{\"command\":\"retire\",\"identity\":\"urn:d:1000\",\"reason\":\"x\"}", 400, "bad-request"),
            ("{\"command\":\"retire\",\"identity\":\"urn:d:1000\",\"actor\":\"gateway\",\"reason\":\"x\"}", 400, "bad-request"),
            ("{\"command\":\"retire\",\"identity\":\"urn:d:1000\",\"actor\":\"person:m\"}", 400, "reason-missing"),
            ("{\"command\":\"retire\",\"identity\":\"urn:x\",\"actor\":\"person:m\",\"reason\":\"x\"}", 404, "unknown-device"),
            ("{\"command\":\"rotate\",\"identity\":\"urn:d:1000\",\"actor\":\"person:m\"}", 409, "not-from-this-state"),
            ("{\"command\":\"activate\",\"filter\":{},\"actor\":\"person:m\"}", 400, "bad-request"),
            ("{\"command\":\"activate\",\"filter\":{\"colour\":\"red\"},\"actor\":\"person:m\"}", 400, "bad-request"),
            (
                "{\"command\":\"set\",\"identity\":\"urn:d:1000\",\"actor\":\"person:m\",\"set\":{\"A\":\"1\"}}", 400,
                "bad-request"
            ),
            ("{\"command\":\"melt\",\"identity\":\"urn:d:1000\",\"actor\":\"person:m\"}", 400, "bad-request"),
        ]
    )
    func refusals(body: String, status: Int, code: String) throws {
        let (service, registry) = try Self.service(devices: 1)
        let answer = service.command(Self.body(body))
        #expect(answer.status == status && answer.json.contains("\"code\":\"\(code)\""), "\(answer)")
        #expect(try registry.store.revision() == Revision(rawValue: 1))
    }

    @Test(
        "Commands read back as what they are",
        arguments: [
            DeviceCommand.activate, .rotate, .quarantine, .disable, .retire, .reinstate,
            .grant(TimeWindow(from: Sample.start, until: Sample.start + 60)!),
            .amend(PostureChange(set: ["a": "1", "b": ""], unset: ["c"])!), .amend(PostureChange(unset: ["c"])!),
        ])
    func commands(command: DeviceCommand) throws {
        var filter = DeviceFilter()
        (filter.states, filter.lot, filter.idleSeconds, filter.onlyOwnerless) = ([.active, .retired], "L;1", 60, true)
        for selection in [CommandRequest.Selection.one(Sample.identity(1)), .all(filter, .dryRun), .all(filter, .apply)] {
            let request = CommandRequest(command, selection, actor: Sample.person, reason: "say \"why\"")
            let node = try #require(JSONNode.read(Self.body(request.node.json)))
            #expect(try CommandRequest(node, now: Sample.start) == request)
        }
    }

    @Test("A record with everything in it reads back as the same record")
    func record() throws {
        let stored = StoredRecord(number: DeviceNumber(rawValue: 7), revision: Revision(rawValue: 9), record: Sample.fullRecord())
        let node = try #require(JSONNode.read(Self.body(RecordText.json(stored))))
        #expect(RecordText.stored(node) == stored)
    }

    @Test("A device is enrolled as an inventory describes it, once")
    func enroll() throws {
        let (service, registry) = try Self.service()
        let body = Self.body(
            "{\"device\":{\"identity\":\"urn:a\",\"owner\":\"icu\",\"posture\":{\"a\":\"1\"}},\"actor\":\"person:m\"}")
        #expect(service.enroll(body).status == 201)
        #expect(service.enroll(body).status == 409)
        let record = try #require(try registry.record(of: DeviceIdentity(text: "urn:a"))?.record)
        #expect(record.description.owner == "icu" && record.posture == ["a": "1"] && record.enrolledBy == .person("m"))
        #expect(
            service.enroll(Self.body("{\"device\":{\"identity\":\"urn:b\",\"colour\":\"red\"},\"actor\":\"person:m\"}")).status
                == 400)
        #expect(service.show([("identity", "urn:a")]).json.contains("\"history\":[],\"hooks\":[]"))
        #expect(service.show([("identity", "urn:b")]).status == 404)
        #expect(service.counts().json == "{\"devices\":1,\"states\":{\"provisioned\":1}}")
    }
}

import DeviceRegistry
import Dispatch
import Glibc
import HTTPClient
import PKITypes
import Synchronization

/// The registry that a running gateway holds, through its admin API.
package struct RemoteDirectory: DeviceDirectory {
    private let socket: AdminSocket

    package init(_ socket: AdminSocket) { self.socket = socket }

    package func enroll(_ record: DeviceRecord) throws(RegistryFailure) {
        guard case .person = record.enrolledBy, let device = JSONNode.read(Array(InventoryText.json(record).utf8)) else {
            throw Self.unreadable
        }
        let body = JSONNode.members([("device", device), ("actor", .string(record.enrolledBy.text))])
        _ = try post("/v1/devices/enroll", body)
    }

    package func perform(
        _ command: DeviceCommand, on identity: DeviceIdentity, _ context: CommandContext
    ) throws(RegistryFailure) -> DeviceRecord {
        let request = CommandRequest(command, .one(identity), actor: context.actor, reason: context.reason)
        let node = try post("/v1/devices/command", request.node)
        do { return try RecordText.described(node, context) } catch { throw Self.unreadable }
    }

    package func performOnAll(
        _ command: DeviceCommand, matching filter: DeviceFilter, _ context: CommandContext, mode: BulkOutcome.Mode
    ) throws(RegistryFailure) -> BulkOutcome {
        let request = CommandRequest(command, .all(filter, mode), actor: context.actor, reason: context.reason)
        guard let outcome = OutcomeText.bulk(try post("/v1/devices/command", request.node)) else { throw Self.unreadable }
        return outcome
    }

    package func record(of identity: DeviceIdentity) throws(RegistryFailure) -> StoredRecord? {
        do throws(RegistryFailure) {
            guard let stored = RecordText.stored(try shown(identity)) else { throw Self.unreadable }
            return stored
        } catch {
            if case .remote(let failure) = error, failure.code == "unknown-device" { return nil }
            throw error
        }
    }

    package func history(of identity: DeviceIdentity) throws(RegistryFailure) -> [Transition] {
        let steps = try shown(identity)["history"]?.elements ?? []
        return try Self.all(steps.map(RecordText.transition))
    }

    package func receipts(of identity: DeviceIdentity) throws(RegistryFailure) -> [HookReceipt] {
        let hooks = try shown(identity)["hooks"]?.elements ?? []
        return try Self.all(hooks.map(RecordText.receipt))
    }

    package func counts() throws(RegistryFailure) -> [DeviceState: Int] {
        guard let counts = OutcomeText.counts(try get("/v1/devices/counts", [])) else { throw Self.unreadable }
        return counts
    }

    /// Page by page: a device that changes meanwhile is told as it was before or after.
    package func forEachRecord(
        matching filter: DeviceFilter, at now: UnixSeconds, _ body: (StoredRecord) -> Bool
    ) throws(RegistryFailure) {
        let conditions = FilterText.pairs(of: filter)
        var after: String?
        repeat {
            let page = try get("/v1/devices", conditions + (after.map { [("after", $0)] } ?? []))
            for node in page["devices"]?.elements ?? [] {
                guard let stored = RecordText.stored(node) else { throw Self.unreadable }
                if !body(stored) { return }
            }
            after = page["next"]?.text
        } while after != nil
    }

    package func importInventory(
        _ file: InventoryFile, _ context: CommandContext, progress: (_ octets: Int) -> Void
    ) throws(ImportFailure) -> ImportOutcome {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: file.path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: file.path, reason: "is not a regular file")
        }
        let query = [("format", file.format.rawValue), ("actor", context.actor.text), ("reason", context.reason)]
        let answer = upload(.file(descriptor: descriptor, octetCount: Int(status.st_size)), query, progress)
        do throws(AdminSocket.Failure) {
            guard let outcome = OutcomeText.imported(try socket.node(try answer.get())) else {
                throw .broken("the gateway's answer cannot be read")
            }
            return outcome
        } catch {
            guard case .refused(let failure, let body) = error else { throw .registry(error.registryFailure) }
            throw RefusalText.importFailure(status: failure.status, JSONNode.read(body))
        }
    }

    /// On a thread of its own; how far the gateway has come is asked from here meanwhile.
    private func upload(
        _ body: HTTPRequest.Body, _ query: [(String, String)], _ progress: (Int) -> Void
    ) -> Result<[UInt8], AdminSocket.Failure> {
        let upload = Upload(socket: socket, query: query, body: body)
        let done = DispatchSemaphore(value: 0)
        upload.start(done)
        while done.wait(timeout: .now() + .milliseconds(Self.progressMilliseconds)) == .timedOut {
            if let octets = try? get("/v1/devices/import", [])["octets"]?.number { progress(octets) }
        }
        return upload.answer
    }

    private static let progressMilliseconds = 250

    private func shown(_ identity: DeviceIdentity) throws(RegistryFailure) -> JSONNode {
        try get("/v1/device", [("identity", identity.text)])
    }

    private func get(_ route: String, _ query: [(String, String)]) throws(RegistryFailure) -> JSONNode {
        do { return try socket.node(try socket.get(route, query)) } catch { throw error.registryFailure }
    }

    private func post(_ route: String, _ body: JSONNode) throws(RegistryFailure) -> JSONNode {
        do {
            return try socket.node(try socket.post(route, [], .octets(Array(body.json.utf8))))
        } catch {
            throw error.registryFailure
        }
    }

    private static func all<Value>(_ values: [Value?]) throws(RegistryFailure) -> [Value] {
        let read = values.compactMap(\.self)
        guard read.count == values.count else { throw unreadable }
        return read
    }

    private static let unreadable = RegistryFailure.remote(
        RemoteFailure(status: 502, code: "unreadable", reason: "the gateway's answer cannot be read: is it of another version?"))
}

/// A file on its way to the gateway.
private final class Upload: Sendable {
    private let socket: AdminSocket
    private let query: [(String, String)]
    private let body: HTTPRequest.Body
    private let result = Mutex<Result<[UInt8], AdminSocket.Failure>?>(nil)

    init(socket: AdminSocket, query: [(String, String)], body: HTTPRequest.Body) {
        self.socket = socket
        self.query = query
        self.body = body
    }

    /// Once `done` is signalled.
    var answer: Result<[UInt8], AdminSocket.Failure> { result.withLock { $0 } ?? .failure(.broken("no answer")) }

    func start(_ done: DispatchSemaphore) {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            let answer = Result { () throws(AdminSocket.Failure) in
                try socket.post("/v1/devices/import", query, body)
            }
            result.withLock { $0 = answer }
            done.signal()
        }
    }
}

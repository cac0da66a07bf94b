import Foundation
import GatewayTesting
import HTTPClient
import Testing

@testable import AdminAPI

@Suite("The admin API's server", .timeLimit(.minutes(1)))
struct AdminServerTests {
    private let directory: String
    private var path: String { directory + "/admin.sock" }

    init() throws {
        var template = Array("/tmp/pulsegate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        directory = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    private static let routes = [
        AdminRoute(.get, "/v1/echo") { request in
            AdminAnswer(200, "{\"query\":\"\(request.query.map { "\($0.0)=\($0.1)" }.joined(separator: ";"))\"}")
        },
        AdminRoute(.post, "/v1/echo", body: .read) { AdminAnswer(201, String(decoding: $0.body, as: UTF8.self)) },
        AdminRoute(.post, "/v1/file", body: .spooled) { request in
            let contents = request.file.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
            return AdminAnswer(200, "{\"octets\":\(contents.count),\"file\":\"\(request.file ?? "")\"}")
        },
    ]

    private func server() async throws -> AdminServer {
        try await AdminServer(path: path, spoolDirectory: directory, routes: Self.routes)
    }

    private func call(
        _ method: HTTPRequest.Method, _ target: String, _ body: HTTPRequest.Body = .none
    ) async throws -> (status: Int, text: String) {
        var request = HTTPRequest(method, "http://gateway\(target)", socketPath: path, timeoutSeconds: 10)
        request.body = body
        let asked = request
        let answer = try await blocking { try HTTPCall.perform(asked) }
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    @Test("Only its owner can open the socket; what is asked is answered, what is not there is said in JSON")
    func answers() async throws {
        let server = try await server()
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? Int) == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["admin.sock"])
        let echo = try await call(.get, "/v1/echo?a=%C3%A9%20%26%2B&b=")
        #expect(echo == (200, "{\"query\":\"a=é &+;b=\"}\n"))
        #expect(try await call(.post, "/v1/echo", .octets(Array("{}".utf8))) == (201, "{}\n"))
        let absent = try await call(.get, "/v2/echo")
        #expect(absent.status == 404 && absent.text.hasPrefix("{\"error\":{\"code\":\"no-such-path\""))
        #expect(try await call(.get, "/v1/file").status == 405)
        let long = [UInt8](repeating: 0x20, count: AdminServer.bodyOctetsMax + 1)
        #expect(try await call(.post, "/v1/echo", .octets(long)).status == 413)
        await server.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
        try FileManager.default.removeItem(atPath: directory)
    }

    @Test("An upload lies in a file while it is answered, and then no more")
    func upload() async throws {
        let server = try await server()
        let octets = [UInt8](repeating: 7, count: 3 << 20)
        let answer = try await call(.post, "/v1/file", .octets(octets))
        #expect(answer.status == 200 && answer.text.hasPrefix("{\"octets\":\(3 << 20),"), "\(answer)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["admin.sock"])
        await server.stop()
        try FileManager.default.removeItem(atPath: directory)
    }

    @Test("The socket of a dead process is replaced; a living one, or another file, is not")
    func stale() async throws {
        let first = try await server()
        await #expect(throws: AdminServer.Failure.self) { try await server() }
        #expect(try await call(.get, "/v1/echo").status == 200)
        // As a killed process leaves it: the file without anybody behind it.
        try FileManager.default.moveItem(atPath: path, toPath: path + ".kept")
        await first.stop()
        try FileManager.default.moveItem(atPath: path + ".kept", toPath: path)
        let second = try await server()
        #expect(try await call(.get, "/v1/echo").status == 200)
        await second.stop()
        #expect(FileManager.default.createFile(atPath: path, contents: Data("mine".utf8)))
        await #expect(throws: AdminServer.Failure.self) { try await server() }
        #expect(FileManager.default.contents(atPath: path) == Data("mine".utf8))
        try FileManager.default.removeItem(atPath: directory)
    }
}

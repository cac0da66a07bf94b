import Dispatch
import FlyingFox
import FlyingSocks
import Glibc

import struct Foundation.Data

/// The admin API: JSON over HTTP on a unix socket that only the gateway's account, and root, can open. Whoever can, may do
/// everything.
package final class AdminServer: Sendable {
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// A command to many devices names a filter, and not the devices.
    package static let bodyOctetsMax = 1 << 20
    /// Until an answer is there: a reload with a million entries, a drain, an import take as long as they take.
    private static let answerSeconds = 86_400.0
    /// Of an upload.
    private static let pieceOctets = 1 << 16
    /// For answers that are on their way when the gateway stops.
    private static let lastAnswerSeconds = 1.0

    private let listener: HTTPListener
    private let file: AdminSocketFile
    private let spoolDirectory: String
    private let routes: [AdminRoute]
    private let queue = DispatchQueue(label: "admin", qos: .userInitiated, attributes: .concurrent)

    /// Returns once it listens.
    ///
    /// - Parameter spoolDirectory: ours alone; what is uploaded lies there until it is answered.
    package init(path: String, spoolDirectory: String, routes: [AdminRoute]) async throws(Failure) {
        self.spoolDirectory = spoolDirectory
        self.routes = routes
        let file: AdminSocketFile
        do { file = try AdminSocketFile(path) } catch { throw Failure(description: "unix:\(path): \(error.reason)") }
        let server = HTTPServer(
            config: .init(
                address: .unix(path: file.temporaryPath), timeout: Self.answerSeconds, sharedRequestBufferSize: Self.pieceOctets,
                logger: .disabled))
        do {
            listener = try await HTTPListener(server)
        } catch {
            throw Failure(description: "unix:\(path): \(error.reason)")
        }
        self.file = file
        do { try file.publish() } catch {
            await listener.stop()
            throw Failure(description: "unix:\(path): \(error.reason)")
        }
        await server.appendRoute("*") { [weak self] request in
            await self?.answer(request) ?? Self.response(Self.refusal(503, "stopping", "the gateway is stopping"))
        }
    }

    package func stop() async {
        file.remove()
        await listener.stop(withinSeconds: Self.lastAnswerSeconds)
    }

    private func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let sharing = routes.filter { $0.path == request.path }
        guard !sharing.isEmpty else {
            return Self.response(Self.refusal(404, "no-such-path", "\(request.path): there is nothing of that name"))
        }
        guard let route = sharing.first(where: { $0.method.rawValue == request.method.rawValue }) else {
            let allowed = sharing.map(\.method.rawValue).joined(separator: ", ")
            return Self.response(Self.refusal(405, "wrong-method", "\(request.path): takes \(allowed)"))
        }
        let query = request.query.map { ($0.name, $0.value) }
        switch route.body {
        case .ignored: return await perform(route, AdminRequest(query: query, body: [], file: nil))
        case .read:
            guard let body = try? await Self.body(of: request) else {
                let reason = "the body is longer than \(Self.bodyOctetsMax) octets, or ended early"
                return Self.response(Self.refusal(413, "body", reason))
            }
            return await perform(route, AdminRequest(query: query, body: body, file: nil))
        case .spooled:
            do {
                let spool = try SpoolFile(in: spoolDirectory)
                for try await piece in request.bodySequence { try spool.append(piece) }
                return await perform(route, AdminRequest(query: query, body: [], file: spool.path))
            } catch {
                let reason = (error as? SpoolFile.Failure)?.reason ?? "the body ended early"
                return Self.response(Self.refusal(507, "spool", reason))
            }
        }
    }

    /// Elsewhere: a thread that waits for a disk is not one that serves others.
    private func perform(_ route: AdminRoute, _ request: AdminRequest) async -> HTTPResponse {
        let answer = await withCheckedContinuation { answered in
            queue.async { answered.resume(returning: route.answer(request)) }
        }
        return Self.response(answer)
    }

    private struct TooLong: Error {}

    private static func body(of request: HTTPRequest) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await piece in request.bodySequence {
            guard body.count + piece.count <= bodyOctetsMax else { throw TooLong() }
            body += piece
        }
        return body
    }

    private static func refusal(_ status: Int, _ code: String, _ reason: String) -> AdminAnswer {
        let escaped = reason.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        return AdminAnswer(status, "{\"error\":{\"code\":\"\(code)\",\"reason\":\"\(escaped)\"}}")
    }

    private static func response(_ answer: AdminAnswer) -> HTTPResponse {
        HTTPResponse(
            statusCode: HTTPStatusCode(answer.status, phrase: phrases[answer.status] ?? ""),
            headers: [.contentType: "application/json; charset=utf-8"], body: Data((answer.json + "\n").utf8))
    }

    private static let phrases = [
        200: "OK", 201: "Created", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
        413: "Content Too Large", 422: "Unprocessable Content", 500: "Internal Server Error", 503: "Service Unavailable",
        507: "Insufficient Storage",
    ]
}

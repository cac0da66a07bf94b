import FlyingFox
import Observability

import struct Foundation.Data

/// What the metrics listener asks the gateway, at each request.
package struct OperationsView: Sendable {
    package enum Readiness: Hashable, Sendable {
        case ready
        /// New devices may come, and somebody should look at it.
        case readyAlthough(String)
        /// Why no new device should be sent here.
        case notReady(String)
    }

    package let metrics: @Sendable () -> PrometheusText
    package let readiness: @Sendable () -> Readiness

    package init(metrics: @escaping @Sendable () -> PrometheusText, readiness: @escaping @Sendable () -> Readiness) {
        self.metrics = metrics
        self.readiness = readiness
    }
}

/// Serves `/metrics`, `/healthz` and `/readyz` in plain HTTP. It changes nothing and tells no secret, and belongs on loopback
/// or a monitoring network.
package final class MetricsServer: Sendable {
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package enum Address: Hashable, Sendable, CustomStringConvertible {
        case ip4(String, port: UInt16)
        case ip6(String, port: UInt16)
        case unix(path: String)

        package var description: String {
            switch self {
            case .ip4(let host, let port): "\(host):\(port)"
            case .ip6(let host, let port): "[\(host)]:\(port)"
            case .unix(let path): "unix:\(path)"
            }
        }
    }

    private let listener: HTTPListener

    /// Returns once the server listens. The port may be 0.
    package init(_ address: Address, _ view: OperationsView) async throws(Failure) {
        let server: HTTPServer
        do {
            server = try Self.server(at: address)
        } catch {
            throw Failure(description: "\(address): \(HTTPListener.Failure(error).reason)")
        }
        await server.appendRoute("GET /metrics") { _ in
            HTTPResponse(
                statusCode: .ok,
                headers: [.contentType: PrometheusText.contentType],
                body: Data(view.metrics().text.utf8)
            )
        }
        await server.appendRoute("GET /healthz") { _ in Self.plain(.ok, "ok") }
        await server.appendRoute("GET /readyz") { _ in
            switch view.readiness() {
            case .ready: Self.plain(.ok, "ready")
            case .readyAlthough(let concern): Self.plain(.ok, "ready, although \(concern)")
            case .notReady(let cause): Self.plain(.serviceUnavailable, "not ready: \(cause)")
            }
        }
        do { listener = try await HTTPListener(server) } catch {
            throw Failure(description: "\(address): \(error.reason)")
        }
    }

    package var port: UInt16? {
        get async {
            switch await listener.server.listeningAddress {
            case .ip4(_, let port)?, .ip6(_, let port)?: port
            case .unix?, nil: nil
            }
        }
    }

    package func stop() async { await listener.stop() }

    private static func server(at address: Address) throws -> HTTPServer {
        switch address {
        case .ip4(let host, let port): HTTPServer(address: try .inet(ip4: host, port: port), logger: .disabled)
        case .ip6(let host, let port): HTTPServer(address: try .inet6(ip6: host, port: port), logger: .disabled)
        case .unix(let path): HTTPServer(address: .unix(path: path), logger: .disabled)
        }
    }

    private static func plain(_ status: HTTPStatusCode, _ text: String) -> HTTPResponse {
        HTTPResponse(statusCode: status, headers: [.contentType: "text/plain; charset=utf-8"], body: Data((text + "\n").utf8))
    }
}

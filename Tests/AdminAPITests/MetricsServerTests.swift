import AdminAPI
import Observability
import Synchronization
import Testing

@Suite("The metrics listener", .timeLimit(.minutes(1)))
struct MetricsServerTests {
    private static func view(_ readiness: OperationsView.Readiness = .ready) -> OperationsView {
        OperationsView(
            metrics: {
                var page = PrometheusText()
                page.counter("pulsegate_test_total", help: "Counts.", [MetricSample([MetricLabel("listener", "pumps")], 7)])
                return page
            },
            readiness: { readiness }
        )
    }

    @Test("/metrics is a page in Prometheus' format")
    func metrics() async throws {
        let server = try await MetricsServer(.ip4("127.0.0.1", port: 0), Self.view())
        let port = try #require(await server.port)
        let answer = try #require(await HTTPExchange.of("GET /metrics", port: port))
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.body.contains("# TYPE pulsegate_test_total counter\npulsegate_test_total{listener=\"pumps\"} 7\n"))
        await server.stop()
    }

    @Test(
        "Routes and their status codes",
        arguments: [
            ("GET /healthz", 200), ("GET /readyz", 200), ("GET /", 404), ("GET /metrics/x", 404),
            ("POST /metrics", 404), ("DELETE /healthz", 404),
        ]
    )
    func routes(request: String, status: Int) async throws {
        let server = try await MetricsServer(.ip4("127.0.0.1", port: 0), Self.view())
        let port = try #require(await server.port)
        #expect(try #require(await HTTPExchange.of(request, port: port)).status == status)
        await server.stop()
    }

    @Test("A gateway that is not ready says why, and is healthy all the same")
    func notReady() async throws {
        let server = try await MetricsServer(.ip4("127.0.0.1", port: 0), Self.view(.notReady("draining")))
        let port = try #require(await server.port)
        let answer = try #require(await HTTPExchange.of("GET /readyz", port: port))
        #expect(answer.status == 503 && answer.body == "not ready: draining\n")
        let health = try #require(await HTTPExchange.of("GET /healthz", port: port))
        #expect(health.status == 200 && health.body == "ok\n")
        await server.stop()
    }

    @Test("The view is asked at every request")
    func fresh() async throws {
        let asked = Asked()
        let server = try await MetricsServer(
            .ip4("127.0.0.1", port: 0), OperationsView(metrics: { .init() }, readiness: { asked.next() })
        )
        let port = try #require(await server.port)
        #expect(await HTTPExchange.of("GET /readyz", port: port)?.status == 200)
        #expect(await HTTPExchange.of("GET /readyz", port: port)?.body == "not ready: 2\n")
        await server.stop()
    }

    @Test("B116: a port in use is an error that names the address")
    func portInUse() async throws {
        let first = try await MetricsServer(.ip4("127.0.0.1", port: 0), Self.view())
        let port = try #require(await first.port)
        do {
            _ = try await MetricsServer(.ip4("127.0.0.1", port: port), Self.view())
            Issue.record("two servers share port \(port)")
        } catch {
            #expect(error.description.contains("\(port)"), "\(error)")
            #expect(error.description.lowercased().contains("in use"), "\(error)")
        }
        #expect(await HTTPExchange.of("GET /healthz", port: port)?.status == 200, "the first is not harmed")
        await first.stop()
    }

    @Test("A stopped server has let go of its port")
    func stopped() async throws {
        let first = try await MetricsServer(.ip4("127.0.0.1", port: 0), Self.view())
        let port = try #require(await first.port)
        await first.stop()
        #expect(await HTTPExchange.of("GET /healthz", port: port) == nil)
        let second = try await MetricsServer(.ip4("127.0.0.1", port: port), Self.view())
        #expect(await HTTPExchange.of("GET /healthz", port: port)?.status == 200)
        await second.stop()
    }

    private final class Asked: Sendable {
        private let count = Mutex(0)

        func next() -> OperationsView.Readiness {
            count.withLock {
                $0 += 1
                return $0 == 1 ? .ready : .notReady("\($0)")
            }
        }
    }
}

import Foundation
import GatewayTesting
import Testing

@Suite("curl reaches nginx through the gateway")
struct NGINXTests {
    /// Not a multiple of a TLS record, of a page or of a relay buffer.
    private static let bodyOctets = 50_000_003

    @Test("A 50 MB body arrives octet for octet, each way", arguments: ["1.2", "1.3"])
    func largeBody(version: String) async throws {
        let site = try await NGINXSite.start()
        let fixture = try await GatewayFixture(upstream: site.server.address)
        let sent = fixture.directory.file("sent")
        let random = try #require(FileHandle(forReadingAtPath: "/dev/urandom"))
        try #require(try random.read(upToCount: Self.bodyOctets)).write(to: URL(fileURLWithPath: sent))
        let received = fixture.directory.file("received")

        let url = "https://127.0.0.1:\(fixture.port())/study"
        let arguments = try fixture.curlArguments() + ["--tls-max", version, "--tlsv\(version)"]
        let upload = try await DebianProgram.curl.run(arguments + ["--upload-file", sent, url], within: .seconds(60))
        #expect(upload.succeeded, "\(upload.text)")
        #expect(FileManager.default.contentsEqual(atPath: sent, andPath: site.server.directory.file("www/study")))
        let download = try await DebianProgram.curl.run(arguments + ["--output", received, url], within: .seconds(60))
        #expect(download.succeeded, "\(download.text)")
        #expect(FileManager.default.contentsEqual(atPath: sent, andPath: received))

        let ends = try await fixture.log.lines("session ended", atLeast: 2)
        #expect(ends.compactMap { $0.fields["bytes_in"].flatMap { Int($0) } }.contains { $0 > Self.bodyOctets })
        #expect(ends.compactMap { $0.fields["bytes_out"].flatMap { Int($0) } }.contains { $0 > Self.bodyOctets })
        await fixture.gateway.stop()
    }

    @Test("100 requests go over one connection")
    func keepAlive() async throws {
        let site = try await NGINXSite.start()
        let fixture = try await GatewayFixture(upstream: site.server.address)
        _ = site.server.directory.write("vital signs\n", to: "www/vitals")
        let outcome = try await DebianProgram.curl.run(
            try fixture.curlArguments() + [
                "--output", "/dev/null", "--write-out", "%{http_code} %{num_connects}\n",
                "https://127.0.0.1:\(fixture.port())/vitals?sample=[1-100]",
            ]
        )
        #expect(outcome.succeeded, "\(outcome.text)")
        #expect(outcome.output.split(separator: "\n") == ["200 1"] + Array(repeating: "200 0", count: 99))
        #expect(try await site.requests(atLeast: 100) == (1...100).map { "\($0)" }, "nginx counts the requests of one connection")
        let ends = try await fixture.log.lines("session ended", atLeast: 1)
        #expect(ends.map { $0.fields["reason"] } == ["device-closed"])
        #expect(fixture.log.lines("admitted").count == 1)
        await fixture.gateway.stop()
    }

    @Test("Without a certificate curl gets no answer and nginx no request")
    func stranger() async throws {
        let site = try await NGINXSite.start()
        let fixture = try await GatewayFixture(upstream: site.server.address)
        let outcome = try await DebianProgram.curl.run(
            ["--silent", "--show-error", "--cacert", fixture.rootFile, "https://127.0.0.1:\(fixture.port())/vitals"]
        )
        #expect(outcome.exit == .code(56) || outcome.exit == .code(35), "\(outcome.text)")
        #expect(outcome.text.contains("certificate required"), "\(outcome.text)")
        #expect(try await site.requests(atLeast: 0).isEmpty)
        await fixture.gateway.stop()
    }
}

/// nginx in plain HTTP with one directory that can be read and written.
private struct NGINXSite: Sendable {
    let server: RunningServer

    static func start() async throws -> NGINXSite {
        let server = try await RunningServer.onPort(.nginx) { port, directory in
            let www = directory.file("www")
            mkdir(www, 0o700)
            return [
                "-p", directory.path, "-e", "stderr", "-c", directory.write(configuration(port, directory), to: "nginx.conf"),
            ]
        }
        return NGINXSite(server: server)
    }

    /// The position of each request on its connection, as nginx logged it; one list per connection would restart at 1.
    func requests(atLeast count: Int) async throws -> [String] {
        let path = server.directory.file("access.log")
        func lines() -> [String] {
            ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map { String($0) }
        }
        try await eventually { lines().count >= count }
        return lines()
    }

    private static func configuration(_ port: UInt16, _ directory: TemporaryDirectory) -> String {
        // Started as root, nginx would serve as a user who cannot enter the test's directory.
        let user = geteuid() == 0 ? "user root;\n" : ""
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "  \($0)_temp_path \(directory.file("tmp-\($0)"));\n" }.joined()
        return """
            \(user)daemon off;
            # One process: workers would outlive a master that is killed.
            master_process off;
            pid \(directory.file("nginx.pid"));
            events { worker_connections 64; }
            http {
            \(temporary)
              log_format position '$connection_requests';
              access_log \(directory.file("access.log")) position;
              client_max_body_size 64m;
              keepalive_requests 1000;
              server {
                listen 127.0.0.1:\(port);
                root \(directory.file("www"));
                dav_methods PUT;
              }
            }

            """
    }
}

extension GatewayFixture {
    fileprivate func curlArguments() throws -> [String] {
        let files = try files(for: try pki.issuing.issueDevice("urn:hospital:device:imaging:1"), named: "imaging")
        return [
            "--silent", "--show-error", "--fail", "--http1.1", "--cacert", rootFile, "--cert", files.chain, "--key", files.key,
        ]
    }
}

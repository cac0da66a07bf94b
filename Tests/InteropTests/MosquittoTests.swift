import GatewayTesting
import Glibc
import LabPKI
import Testing

@Suite("Mosquitto's clients reach Mosquitto through the gateway")
struct MosquittoTests {
    @Test("MQTT over mutual TLS: a message arrives", arguments: ["0", "1", "2"], ["mqttv311", "mqttv5"])
    func publish(qualityOfService: String, version: String) async throws {
        let broker = try await MosquittoBroker.start()
        let fixture = try await GatewayFixture(upstream: broker.server.address)
        let pump = try fixture.device("pump")
        let monitor = try fixture.device("monitor")

        let subscriber = try DebianProgram.mosquittoSubscribe.start(
            fixture.mosquittoArguments(monitor, id: "monitor", topic: "pumps/1", version: version)
                + ["-q", "2", "-C", "1", "-W", "20", "-F", "%q %p"]
        )
        #expect(await broker.server.process.says("Sending SUBACK to monitor", within: .seconds(10)), "\(broker.log)")
        let published = try await DebianProgram.mosquittoPublish.run(
            fixture.mosquittoArguments(pump, id: "pump", topic: "pumps/1", version: version)
                + ["-q", qualityOfService, "-m", "infusing 5 ml/h"]
        )
        #expect(published.succeeded, "\(published.text)")
        #expect(await subscriber.exit(within: .seconds(20)) == .code(0), "\(subscriber.error)")
        #expect(subscriber.output == "\(qualityOfService) infusing 5 ml/h\n")
        #expect(try await fixture.log.lines("admitted", atLeast: 2).count == 2)
        await fixture.gateway.stop()
    }

    @Test("A revoked device's client is refused and the broker sees no connection")
    func revoked() async throws {
        let broker = try await MosquittoBroker.start()
        let fixture = try await GatewayFixture(upstream: broker.server.address)
        let certificate = try fixture.pki.issuing.issueDevice("urn:hospital:device:pump:9")
        let pump = try fixture.files(for: certificate, named: "pump")
        try fixture.revoke([LabRevokedEntry(certificate, reason: .keyCompromise)])
        let before = broker.connections

        let published = try await DebianProgram.mosquittoPublish.run(
            fixture.mosquittoArguments(pump, id: "pump", topic: "pumps/9") + ["-q", "1", "-m", "x"]
        )
        #expect(!published.succeeded, "\(published.text)")
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["revoked"])
        #expect(broker.connections == before, "\(broker.log)")

        let other = try fixture.device("monitor")
        let admitted = try await DebianProgram.mosquittoPublish.run(
            fixture.mosquittoArguments(other, id: "monitor", topic: "pumps/9") + ["-q", "1", "-m", "x"]
        )
        #expect(admitted.succeeded, "the broker is there for others: \(admitted.text)")
        #expect(broker.connections == before + 1)
        await fixture.gateway.stop()
    }
}

/// A broker on a Unix socket, which only the gateway can reach.
private struct MosquittoBroker: Sendable {
    let server: RunningServer

    static func start() async throws -> MosquittoBroker {
        let server = try await RunningServer.onSocketFile(.mosquitto) { directory in
            // Started as root, mosquitto would become another user, who cannot enter the test's directory.
            let user = geteuid() == 0 ? "user root\n" : ""
            let settings = [
                "listener 0 \(directory.file("socket"))", "allow_anonymous true", "persistence false", "log_dest stderr",
                "log_type all",
            ]
            return ["-c", directory.write(user + settings.map { $0 + "\n" }.joined(), to: "mosquitto.conf")]
        }
        return MosquittoBroker(server: server)
    }

    var log: String { server.process.error }

    /// The MQTT sessions that clients opened; the test's own look at the socket is none.
    var connections: Int { log.split(separator: "\n").filter { $0.contains("New client connected") }.count }
}

extension GatewayFixture {
    fileprivate func device(_ name: String) throws -> DeviceFiles {
        try files(for: try pki.issuing.issueDevice("urn:hospital:device:\(name):1"), named: name)
    }

    fileprivate func mosquittoArguments(
        _ files: DeviceFiles, id: String, topic: String, version: String = "mqttv311"
    ) -> [String] {
        [
            "-h", "127.0.0.1", "-p", port(), "--cafile", rootFile, "--cert", files.chain, "--key", files.key, "-i", id,
            "-t", topic, "-V", version,
        ]
    }
}

import GatewayTesting

/// `openssl s_client` as a device: it sends one octet when the handshake is over and reads until the gateway ends.
enum SClient {
    /// What the program saw.
    struct Observation: Sendable {
        let exit: ChildProcess.Exit
        let text: String

        /// The code of the fatal alert that it read; nil when there was none.
        var alert: UInt8? {
            guard let found = text.range(of: "SSL alert number ") else { return nil }
            return UInt8(text[found.upperBound...].prefix { $0.isNumber })
        }

        /// The value of a line such as `ALPN protocol: mqtt`.
        func value(_ key: String) -> String? {
            text.split(separator: "\n").lazy.map { $0.drop { $0 == " " } }.first { $0.hasPrefix(key) }
                .map { $0.dropFirst(key.count).drop { $0 == ":" || $0 == " " }.description }
        }

        var finishedHandshake: Bool { text.contains("SSL handshake has read") && !text.contains("Cipher is (NONE)") }
    }

    /// The device says one octet and waits for the gateway to end the connection: in TLS 1.3 a refusal of the certificate
    /// arrives after the handshake, as seen by the device.
    static func refused(by fixture: GatewayFixture, _ arguments: [String], _ files: DeviceFiles?) async throws -> Observation {
        try await run(fixture, arguments + ["-ign_eof"], files, input: "x")
    }

    /// The device shakes hands and leaves.
    static func visits(_ fixture: GatewayFixture, _ arguments: [String], _ files: DeviceFiles?) async throws -> Observation {
        try await run(fixture, arguments, files, input: "Q\n")
    }

    /// The device sends these lines, of which s_client takes some as commands, and reads until the gateway ends.
    static func says(
        _ fixture: GatewayFixture, _ arguments: [String], _ files: DeviceFiles?, input: String
    ) async throws -> Observation {
        try await run(fixture, arguments, files, input: input)
    }

    private static func run(
        _ fixture: GatewayFixture, _ arguments: [String], _ files: DeviceFiles?, input: String
    ) async throws -> Observation {
        let own = files.map { ["-cert", $0.chain, "-cert_chain", $0.chain, "-key", $0.key] } ?? []
        let outcome = try await DebianProgram.openssl.run(
            ["s_client", "-connect", "127.0.0.1:\(fixture.port())", "-CAfile", fixture.rootFile] + own + arguments, input: input
        )
        return Observation(exit: outcome.exit, text: outcome.text)
    }
}

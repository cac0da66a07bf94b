import Configuration
import Foundation

/// The texts and the machine that the tests of this room share.
enum ConfigurationTexts {
    static let file = "/etc/pulsegate/pulsegate.yaml"

    /// A machine on which every file exists with a mode that gives no finding, except those whose names say otherwise.
    static let machine = HostView(descriptorLimit: 1_000_000) { path in
        if path.hasSuffix("missing.pem") { return .missing }
        if path.hasSuffix("unreadable.pem") { return .unreadable(reason: "Permission denied") }
        if path.hasSuffix("directory.pem") { return .notAFile }
        if path.hasSuffix("group.key") { return .file(mode: 0o640) }
        if path.hasSuffix("world.key") { return .file(mode: 0o644) }
        return .file(mode: 0o600)
    }

    /// Only what must be written.
    static let minimal = """
        trust_anchors:
          device-ca:
            certificates: [pki/root.pem]
            vouches_for: ["urn:hospital:**"]
            revocation: { crls: [{ file: pki/root.crl }] }
        listeners:
          devices:
            bind: ["127.0.0.1:8883"]
            server_certificates: [{ chain: pki/server.pem, key: pki/server.key }]
            trust: [device-ca]
            upstream: platform
        upstreams:
          platform:
            addresses: ["127.0.0.1:9000"]
        policies:
          - { name: pumps, when: { identity: "urn:hospital:pump:*" }, devices: any }

        """

    static func read(_ text: String, machine: HostView = machine) -> ConfigurationResult {
        ConfigurationReader.read(text: text, file: file, host: machine)
    }

    /// The minimal configuration with one text put in another's place.
    static func minimal(replacing old: String, with new: String) -> ConfigurationResult {
        precondition(minimal.contains(old), "the minimal configuration has no '\(old)'")
        return read(minimal.replacingOccurrences(of: old, with: new))
    }

    /// A file of the project's `Config` directory.
    static func shipped(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("Config/\(name)"), encoding: .utf8)
    }
}

extension ConfigurationResult {
    var lines: [String] { findings.map(\.description) }
    var errors: [Finding] { findings.filter { $0.severity == .error } }
}

import Configuration
import Foundation
import Testing

/// What is allowed and yet reported, and what the machine has to say.
struct LintTests {
    @Test(
        "the modes of a private key: its owner's alone is silent, the group's a warning, everybody's an error",
        arguments: [(0o600, nil), (0o400, nil), (0o640, .warning), (0o660, .warning), (0o644, .error), (0o604, .error)]
            as [(Int, Finding.Severity?)])
    func keyModes(mode: Int, severity: Finding.Severity?) throws {
        let directory = try Self.filesOnDisk(keyMode: mode)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let result = try ConfigurationReader.read(file: "\(directory)/pulsegate.yaml")
        let findings = result.findings.filter { !$0.message.contains("file descriptors") }
        #expect(findings.map(\.severity) == (severity.map { [$0] } ?? []))
        #expect(findings.map(\.line) == (severity == nil ? [] : [9]))
        #expect((result.configuration == nil) == (severity == .error))
    }

    @Test("on a real disk a missing file and a directory in a file's place are errors")
    func filesThatAreNone() throws {
        let directory = try Self.filesOnDisk(keyMode: 0o600)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.removeItem(atPath: "\(directory)/pki/root.crl")
        try FileManager.default.removeItem(atPath: "\(directory)/pki/root.pem")
        try FileManager.default.createDirectory(atPath: "\(directory)/pki/root.pem", withIntermediateDirectories: false)
        let errors = try ConfigurationReader.read(file: "\(directory)/pulsegate.yaml").errors
        #expect(
            errors.map(\.message) == [
                "'\(directory)/pki/root.pem' is not a file, expected trust anchor certificates",
                "no file '\(directory)/pki/root.crl', expected certificate revocation list",
            ]
        )
    }

    @Test("more connections than the process may have descriptors is a warning", arguments: [(40_064, 0), (40_063, 1)])
    func descriptorLimit(limit: Int, warnings: Int) {
        let machine = HostView(descriptorLimit: limit) { _ in .file(mode: 0o600) }
        let result = ConfigurationTexts.read(ConfigurationTexts.minimal, machine: machine)
        #expect(result.findings.count == warnings)
        #expect(result.configuration != nil)
    }

    @Test(
        "a plain upstream is reported off the machine only",
        arguments: [
            ("127.0.0.1:1", 0), ("127.9.9.9:1", 0), ("[::1]:1", 0), ("localhost:1", 0), ("unix:/run/s", 0), ("10.0.0.1:1", 1),
            ("sink:1", 1), ("[::2]:1", 1),
        ])
    func plaintextUpstream(address: String, warnings: Int) {
        let result = ConfigurationTexts.minimal(replacing: "127.0.0.1:9000", with: address)
        #expect(result.findings.map(\.severity) == Array(repeating: .warning, count: warnings))
        #expect(result.configuration != nil)
    }

    @Test("findings on the contents of a file join the others where the file is named")
    func findingsOnContents() {
        var result = ConfigurationTexts.minimal(replacing: "127.0.0.1:9000", with: "10.0.0.1:9000")
        result.add(.warning, aboutFile: "/etc/pulsegate/pki/root.crl", "the list is past its nextUpdate")
        #expect(result.configuration != nil)
        #expect(result.findings.map(\.line) == [5, 14])
        let list = "'/etc/pulsegate/pki/root.crl'"
        #expect(result.lines.first == "/etc/pulsegate/pulsegate.yaml:5:34: warning: \(list): the list is past its nextUpdate")
        result.add(.error, aboutFile: "/etc/pulsegate/pki/server.pem", "no certificate")
        #expect(result.findings.map(\.line) == [5, 9, 14])
        #expect(result.configuration == nil)
    }

    @Test("a reload is told which changed keys it cannot take up")
    func restartKeys() {
        let running = ConfigurationTexts.read(ConfigurationTexts.minimal)
        let same = ConfigurationTexts.read("# moved\n" + ConfigurationTexts.minimal)
        #expect(same.keysThatNeedRestart(since: running) == [])
        let policy = ConfigurationTexts.minimal(replacing: "name: pumps", with: "name: monitors")
        #expect(policy.keysThatNeedRestart(since: running) == [])
        let bind = ConfigurationTexts.read(
            "workers: 2\n" + ConfigurationTexts.minimal.replacing("127.0.0.1:8883", with: "127.0.0.1:8884"))
        #expect(bind.keysThatNeedRestart(since: running) == ["workers"])
        let renamed = ConfigurationTexts.minimal(replacing: "  devices:", with: "  pumps:")
        #expect(renamed.keysThatNeedRestart(since: running) == [])
        let metrics = ConfigurationTexts.read(ConfigurationTexts.minimal + "metrics: { bind: \"127.0.0.1:9464\" }\n")
        #expect(metrics.keysThatNeedRestart(since: running) == ["metrics.bind"])
    }

    /// The minimal configuration with its files, in a directory of its own.
    private static func filesOnDisk(keyMode: Int) throws -> String {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("config-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(directory)/pki", withIntermediateDirectories: true)
        for name in ["root.pem", "root.crl", "server.pem", "server.key"] {
            let created = FileManager.default.createFile(
                atPath: "\(directory)/pki/\(name)", contents: Data(),
                attributes: [.posixPermissions: name == "server.key" ? keyMode : 0o644]
            )
            #expect(created)
        }
        try ConfigurationTexts.minimal.write(toFile: "\(directory)/pulsegate.yaml", atomically: true, encoding: .utf8)
        return directory
    }
}

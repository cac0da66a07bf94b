import DeviceRegistry
import GatewayTesting
import Glibc
import PKITypes
import Testing

@Suite("pulsegate devices, as a process")
struct DevicesCommandTests {
    private static let pump = "urn:hospital:device:pump:1"
    private let directory = TemporaryDirectory()

    private func devices(_ arguments: String...) async throws -> ProgramUnderTest.Outcome {
        try await ProgramUnderTest.run(["devices"] + arguments + ["--store", directory.file("registry.sqlite")])
    }

    @Test("A life: enrolled, activated, retired with a reason, reinstated; the history tells it")
    func life() async throws {
        let enrolled = try await devices("enroll", Self.pump, "--owner", "ward 3", "--actor", "mara", "--posture", "firmware=4.2")
        #expect(enrolled.code == 0 && enrolled.output == "\(Self.pump): provisioned\n", "\(enrolled)")
        #expect(try await devices("enroll", Self.pump).code == 1)
        #expect(try await devices("activate", Self.pump).output == "\(Self.pump): active\n")
        #expect(try await devices("retire", Self.pump).code == 2, "without a reason")
        #expect(try await devices("retire", Self.pump, "--reason", "sold", "--actor", "mara").code == 0)
        let refused = try await devices("activate", Self.pump)
        #expect(refused.code == 1 && refused.error.contains("reinstate"), "\(refused)")
        #expect(try await devices("reinstate", Self.pump, "--reason", "came back").code == 0)
        let shown = try await devices("show", Self.pump, "--json")
        #expect(
            shown.output.contains("\"actor\":\"person:mara\",\"reason\":\"sold\"")
                && shown.output.contains("\"owner\":\"ward 3\""))
        let text = try await devices("show", Self.pump)
        #expect(text.output.contains("active → retired") && text.output.contains("firmware=4.2"), "\(text)")
        #expect(try await devices("show", "urn:nobody").code == 1)
    }

    @Test("Import, list, bulk with a dry run, export: one registry")
    func inventory() async throws {
        let file = directory.write(
            "identity,state,lot,owner\nurn:a,active,L1,x\nurn:b,active,L1,\nurn:c,active,L2,x\n", to: "devices.csv")
        let imported = try await devices("import", file)
        #expect(
            imported.code == 0 && imported.output == "enrolled 3, updated 0, unchanged 0\n" && imported.error.isEmpty,
            "\(imported)")
        let listed = try await devices("list", "--ownerless")
        #expect(listed.output.hasPrefix("urn:b\tactive\t") && listed.output.split(separator: "\n").count == 1, "\(listed)")

        let dry = try await devices("quarantine", "--lot", "L1", "--dry-run", "--reason", "recall")
        #expect(
            dry.code == 0 && dry.output.contains("selected   2") && dry.output.contains("would change 2 (2 active)"), "\(dry)")
        #expect(try await devices("list", "--state", "quarantined", "--count").output == "devices\t0\n")
        let bulk = try await devices("quarantine", "--lot", "L1", "--reason", "recall", "--json")
        #expect(bulk.output.contains("\"changed\":2,\"changed_from\":{\"active\":2}"), "\(bulk)")
        #expect(try await devices("list", "--count").output == "devices\t3\nactive\t1\nquarantined\t2\n")
        let granted = try await devices("grant", "urn:c", "--until", "4h")
        #expect(granted.code == 0 && granted.output.hasPrefix("urn:c: granted "), "\(granted)")

        let set = try await devices("set", "urn:a", "urn:c", "patch-level=2026-11", "recall=none", "--reason", "update")
        #expect(
            set.output == "urn:a: patch-level=2026-11 recall=none\nurn:c: patch-level=2026-11 recall=none\n", "\(set)")
        let unset = try await devices("unset", "recall", "--lot", "L1", "--json")
        #expect(unset.output.contains("\"changed\":1,") && unset.output.contains("\"unchanged\":1,"), "\(unset)")
        let shown = try await devices("show", "urn:a").output
        #expect(shown.contains("posture       patch-level=2026-11\n") && shown.contains("posture:-recall"), "\(shown)")

        let exported = try await devices("export", "--json")
        let copy = directory.write(exported.output, to: "copy.json")
        let other = ["--store", directory.file("copy.sqlite")]
        #expect(try await ProgramUnderTest.run(["devices", "import", copy] + other).code == 0)
        #expect(try await ProgramUnderTest.run(["devices", "export", "--json"] + other).output == exported.output)
    }

    @Test("A faulty file: every error with its file and line, exit code 1, nothing imported")
    func faultyFile() async throws {
        let file = directory.write("identity,state\nurn:a,alive\nurn:b,active,more\n", to: "devices.csv")
        let outcome = try await devices("import", file)
        #expect(outcome.code == 1 && outcome.output.isEmpty)
        let lines = outcome.error.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("\(file):2: state: found 'alive'"), "\(outcome.error)")
        #expect(try await devices("list").output.isEmpty)
    }

    @Test(
        "What cannot be meant is a matter of usage",
        arguments: [
            ["activate"], ["retire", "--reason", "x"], ["activate", "urn:a", "--lot", "L"], ["list", "--idle", "soon"],
            ["grant", "urn:a", "--until", "never"], ["import", "devices.txt"], ["list", "--state", "alive"],
            ["set", "urn:a"], ["set", "patch=1"], ["unset", "p"],
            ["set", "urn:a", "Patch=1"], ["set", "urn:a", "p=1", "p=2"], ["unset", "urn:a"],
            ["enroll", "urn:a", "--posture", "P=1"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let outcome = try await ProgramUnderTest.run(["devices"] + arguments)
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
    }

    @Test("No registry, or none that can be opened: exit code 3; the configuration says where it is")
    func missing() async throws {
        let absent = try await devices("list")
        #expect(absent.code == 3 && absent.error.contains("there is no registry"), "\(absent)")
        let junk = directory.write("no database, however one looks at it", to: "registry.sqlite")
        let damaged = try await devices("list")
        #expect(damaged.code == 3 && damaged.error.contains("\(junk): is damaged"), "\(damaged)")

        let site = try await GatewayFiles()
        let configured = try await ProgramUnderTest.run(["devices", "list", "--config", site.file])
        #expect(configured.code == 3 && configured.error.contains("/registry.sqlite: there is no registry"), "\(configured)")
    }
}

@Suite("pulsegate devices renewals, as a process")
struct RenewalsCommandTests {
    /// A credential as an export writes it, of a certificate from 100 days ago to in 200, or in others.
    private static func row(_ name: String, _ state: String, _ number: UInt8, from now: Int64, days: Int64 = 200) -> String {
        let (from, to) = (UnixSeconds(now - 100 * 86_400).text, UnixSeconds(now + days * 86_400).text)
        var record = DeviceRecord(
            identity: DeviceIdentity(text: "urn:hospital:device:\(name)"), enrolledAt: UnixSeconds(now - 1),
            enrolledBy: .person("test"))
        record.state = DeviceState(name: state) ?? .active
        guard let key = KeyFingerprint(octets: [UInt8](repeating: number, count: 32)),
            let serial = SerialNumber(octets: [number]), let begin = UnixSeconds(text: from), let end = UnixSeconds(text: to)
        else { return "" }
        record.credentials = [
            Credential(
                id: CredentialID(
                    anchorEntry: "device-ca", issuer: DistinguishedName(canonical: [0x30, 0], display: "ca"), serial: serial),
                key: key, validity: Validity(notBefore: begin, notAfter: end), firstSeen: begin, lastSeen: begin,
                standing: .current)
        ]
        return InventoryText.json(record)
    }

    @Test("a certificate is due by its end, or earlier by a policy's age; ages and lifetimes warn; the most pressing first")
    func due() async throws {
        let now = Int64(time(nil))
        let files = try await GatewayFiles { text in
            text.replacing(
                "{ name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }",
                by: """
                    { name: pumps, when: { identity: "urn:hospital:device:pump:*" },
                        require: { max_certificate_age: { warn: 90d, refuse: 110d } } }
                      - { name: others, devices: any }
                    """
            )
            .replacing("  device-ca:\n", by: "  device-ca:\n    max_certificate_lifetime: { warn: 320d }\n")
        }
        let rows = [
            Self.row("pump:1", "active", 1, from: now), Self.row("monitor:1", "active", 2, from: now),
            Self.row("pump:2", "retired", 3, from: now), Self.row("pump:3", "quarantined", 4, from: now + 86_400),
            Self.row("monitor:2", "active", 5, from: now, days: 250),
        ]
        let file = files.directory.write(rows.joined(separator: "\n") + "\n", to: "devices.json")
        let store = files.directory.file("registry.sqlite")
        let imported = try await ProgramUnderTest.run(["devices", "import", file, "--store", store])
        #expect(imported.code == 0, "\(imported)")
        func renewals(_ arguments: String...) async throws -> [[String]] {
            let outcome = try await ProgramUnderTest.run(
                ["devices", "renewals", "--config", files.file, "--store", store] + arguments)
            #expect(outcome.code == 0, "\(outcome)")
            return outcome.output.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
        }
        let soon = try await renewals()
        #expect(soon.map { $0[1] } == ["urn:hospital:device:pump:1", "urn:hospital:device:pump:3"])
        #expect(soon[0][0] == UnixSeconds(now + 10 * 86_400).text && soon[0][2] == "pumps")
        #expect(soon[0][3] == UnixSeconds(now - 10 * 86_400).text)
        let all = try await renewals("--within", "all")
        #expect(all.count == 4 && all[3][1] == "urn:hospital:device:monitor:2")
        #expect(all[3][3] == UnixSeconds(now - 100 * 86_400).text)
        #expect(all[2][1] == "urn:hospital:device:monitor:1" && all[2][2] == "expires" && all[2][3] == "-")
        #expect(try await renewals("--within", "5d").isEmpty)
        #expect(try await ProgramUnderTest.run(["devices", "renewals", "--within", "soon"]).code == 2)
    }
}

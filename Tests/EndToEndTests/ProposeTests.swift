import Configuration
import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes
import Proposal
import TLSOrigination
import Testing

@Suite("From observing to enforcing")
struct ProposeTests {
    private static let policies = "  - { name: pumps, when: { identity: \"urn:hospital:device:pump:{serial}\" } }\n"

    private static func site() throws -> GatewaySite {
        try GatewaySite(
            upstream: ScriptedUpstream.echo().address,
            configuration: { text in
                let line = "  - { name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }\n"
                // The metrics' line ends the policies, to which the drafts are appended.
                return text.replacing(line, by: policies)
                    .addingToListener("observe: { checks: [registry, policy], until: 2099-12-31 }")
            }
        )
    }

    /// What the gateway saw, read as `propose` reads it: while it runs.
    private static func proposal(_ fixture: GatewayFixture, atLeast count: Int) async throws -> Proposal {
        let store = try SQLiteDeviceStore(path: fixture.gateway.registryPath, examination: .none)
        try await eventually { (try? store.observations(of: nil, since: UnixSeconds(0)).count) ?? 0 >= count }
        return try Proposal(store.observations(of: "devices", since: UnixSeconds(0)), policyNames: ["pumps"]) {
            identity throws(StoreFailure) in try store.record(of: identity) != nil
        }
    }

    @Test("unknown devices are observed, proposed, imported, and admitted under enforcement; nobody else is")
    func rollOut() async throws {
        let site = try Self.site()
        let names = ["pump:1", "pump:2", "scanner:7", "scanner:8", "probe:a"]
        let devices = try names.map { try site.pki.issuing.issueDevice("urn:hospital:device:\($0)") }
        let strangers = try ["pump:3", "scanner:9", "probe:b"].map {
            try site.pki.issuing.issueDevice("urn:hospital:device:\($0)")
        }
        let proposal = try await Self.observe(devices, at: site)
        #expect(proposal.devices.map(\.identity.text).sorted() == names.map { "urn:hospital:device:\($0)" }.sorted())
        #expect(proposal.policies.map(\.pattern) == ["urn:hospital:device:probe:a", "urn:hospital:device:scanner:{serial}"])
        #expect(proposal.remarks.isEmpty)

        // Enforced as it stands, none of them would come in.
        let enforcing = site.text.split(separator: "\n").filter { !$0.contains("observe:") }.joined(separator: "\n") + "\n"
        let drafted = proposal.policyText.split(separator: "\n").filter { $0.hasPrefix(" ") }.joined(separator: "\n") + "\n"
        site.rewriteConfiguration(enforcing.replacing(Self.policies, by: Self.policies + drafted))
        #expect(try !ConfigurationReader.read(file: site.configurationFile).hasErrors)
        let rows = site.directory.write(proposal.deviceRows, to: "devices.csv")
        let fixture = try await GatewayFixture(site)
        for device in devices { #expect(try await fixture.attempt(device, .tls13) != .served) }
        let context = CommandContext(actor: .person("test"), reason: "roll-out", time: LabTime.now())
        let imported = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            Result { () throws(ImportFailure) in
                try registry.importInventory(InventoryFile(path: rows, format: .csv), context) { _ in }
            }
        }
        #expect(try imported.get().enrolled == names.count)
        for device in devices { #expect(try await fixture.attempt(device, .tls13) == .served) }
        // Others of the same kind, and another key under a name that was imported.
        for stranger in try strangers + [site.pki.issuing.issueDevice("urn:hospital:device:pump:1")] {
            #expect(try await fixture.attempt(stranger, .tls13) == .alert(46))
        }
        #expect(try await fixture.metrics().samples.keys.contains { $0.hasPrefix("pulsegate_would_refuse_total{") } == false)
        await fixture.gateway.stop()
    }

    private static func observe(_ devices: [LabCertificate], at site: GatewaySite) async throws -> Proposal {
        let fixture = try await GatewayFixture(site)
        for device in devices { #expect(try await fixture.attempt(device, .tls13) == .served) }
        for device in devices { #expect(try await fixture.attempt(device, .tls12) == .served) }
        let proposal = try await proposal(fixture, atLeast: devices.count)
        await fixture.gateway.stop()
        return proposal
    }

    @Test("what was seen in the last moment before the end is there after it")
    func atTheEnd() async throws {
        let fixture = try await GatewayFixture(Self.site())
        let path = fixture.gateway.registryPath
        #expect(try await fixture.attempt(fixture.pki.pump(1), .tls13) == .served)
        _ = try await fixture.log.lines("admitted", atLeast: 1)
        await fixture.gateway.stop()
        let seen = try SQLiteDeviceStore(path: path).observations(of: nil, since: UnixSeconds(0))
        #expect(seen.map(\.key.reason) == [.deviceUnknown] && seen.map(\.count) == [1])
        #expect(seen.map { $0.networks.networks.map(\.text) } == [["127.0.0.0/24"]])
    }
}

import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes
import TLSOrigination
import Testing

@Suite("Observed and then enforced, through the gateway")
struct ObserveTests {
    private static let operators = CommandContext(actor: .person("test"), reason: "a test", time: UnixSeconds(1))
    private static let inAnHour = UnixSeconds(LabTime.now().rawValue + 3600).text

    /// Pumps by the registry's word, monitors from a network that nobody comes from, wards by TLS 1.3 alone.
    private static let policies = """
        policies:
          - { name: pumps, when: { identity: "urn:hospital:device:pump:{serial}" } }
          - name: monitors
            when: { identity: "urn:hospital:device:monitor:{serial}" }
            devices: any
            require: { networks: [192.0.2.0/24] }
          - { name: wards, when: { identity: "urn:hospital:device:ward:*" }, devices: any, require: { min_tls: TLSv1.3 } }
        """

    private static func site(observe: String?, until: String = inAnHour, more: String...) throws -> GatewaySite {
        try GatewaySite(
            upstream: ScriptedUpstream.echo().address,
            configuration: { text in
                let line = "policies:\n  - { name: devices, when: { identity: \"urn:hospital:device:**\" }, devices: any }\n"
                let edited = text.replacing(line, by: policies + "\n")
                let lines = (observe.map { ["observe: { checks: \($0), until: \(until) }"] } ?? []) + more
                return lines.reduce(edited) { $0.addingToListener($1) }
            }
        )
    }

    private static func identity(_ name: String) -> DeviceIdentity { DeviceIdentity(text: "urn:hospital:device:\(name)") }

    private static func enroll(_ name: String, _ command: DeviceCommand? = nil, in fixture: GatewayFixture) throws {
        let record = DeviceRecord(identity: identity(name), enrolledAt: operators.time, enrolledBy: operators.actor)
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.enroll(record)
            if let command { _ = try registry.perform(command, on: record.identity, operators) }
        }
    }

    /// Devices of every fate.
    private static func mix(_ pki: DevicePKI) throws -> [LabCertificate] {
        var certificates: [LabCertificate] = []
        for number in 1...3 { certificates.append(try pki.pump(number)) }
        // Another key under a name that is known, a retired device, a quarantined one.
        certificates.append(try pki.pump(1))
        certificates += try [pki.pump(8), pki.pump(9)]
        for name in ["monitor:1", "monitor:2", "ward:1", "ward:2", "scanner:1"] {
            certificates.append(try pki.issuing.issueDevice("urn:hospital:device:\(name)"))
        }
        certificates.append(try pki.issuing.issueDevice("urn:elsewhere:device:1"))
        return certificates
    }

    private static func counts(_ metric: String, _ page: MetricsPage) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (series, value) in page.samples where series.hasPrefix(metric + "{") {
            guard let reason = series.split(separator: "reason=\"").last?.split(separator: "\"").first else { continue }
            counts[String(reason)] = Int(value)
        }
        return counts
    }

    /// What came of the visits, by the metrics.
    private struct Outcome {
        let wouldRefuse: [String: Int]
        let admissions: [String: Int]
        let resumed: Int
    }

    /// Each device comes three times in each version of TLS, with the session that it was given the last time.
    private static func run(observe: String?, _ resumption: String) async throws -> Outcome {
        let fixture = try await GatewayFixture(site(observe: observe, more: "resumption: \(resumption)"))
        try enroll("pump:1", in: fixture)
        try enroll("pump:2", in: fixture)
        try enroll("pump:8", .retire, in: fixture)
        try enroll("pump:9", .quarantine, in: fixture)
        let devices = try mix(fixture.pki)
        for certificate in devices {
            for version in TLSVersion.allCases {
                let device = ReturningDevice(fixture: fixture, certificate: certificate, version: version)
                var visit = try await device.visit()
                for _ in 0..<2 { visit = try await device.visit(with: visit.session) }
            }
        }
        // A device may have its answer before it is counted.
        var page = try await fixture.metrics()
        let deadline = ContinuousClock.now + .seconds(10)
        while counts("pulsegate_admissions_total", page).values.reduce(0, +) < devices.count * 6, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
            page = try await fixture.metrics()
        }
        await fixture.gateway.stop()
        return Outcome(
            wouldRefuse: counts("pulsegate_would_refuse_total", page), admissions: counts("pulsegate_admissions_total", page),
            resumed: Int(page["pulsegate_handshakes_total{listener=\"devices\",result=\"resumed\"}"] ?? 0))
    }

    @Test("The same traffic, observed and then enforced: the counts agree exactly", arguments: ["never", "allowed"])
    func sameCounts(resumption: String) async throws {
        let observed = try await Self.run(observe: "[registry, policy]", resumption)
        let enforced = try await Self.run(observe: nil, resumption)
        #expect(enforced.wouldRefuse.isEmpty)
        let expected: Set<String> = [
            "device-unknown", "credential-not-bound", "network-not-allowed", "tls-too-old", "no-policy",
        ]
        #expect(Set(observed.wouldRefuse.keys) == expected)
        for (reason, count) in enforced.admissions where reason != "admitted" {
            let reported = observed.wouldRefuse[reason] ?? 0
            let refused = observed.admissions[reason] ?? 0
            #expect(reported + refused == count, "\(reason)")
            // Either the one or the other, never both.
            #expect(reported == 0 || refused == 0)
        }
        #expect(observed.admissions["admitted"] == enforced.admissions["admitted"])
        #expect(observed.admissions["admitted-observed"] == observed.wouldRefuse.values.reduce(0, +))
        for never in ["device-retired", "device-quarantined", "identity-out-of-scope"] {
            #expect(observed.admissions[never] == 6, "\(never)")
        }
        #expect((observed.resumed > enforced.resumed) == (resumption == "allowed"))
    }

    @Test("a live session that is only reported ends with the observation's last second", arguments: TLSVersion.allCases)
    func ends(_ version: TLSVersion) async throws {
        let fixture = try await GatewayFixture(Self.site(observe: "[registry, policy]"))
        try Self.enroll("pump:1", in: fixture)
        let known = try fixture.client(fixture.pki.pump(1), versions: version...version)
        let unknown = try fixture.client(fixture.pki.pump(2), versions: version...version)
        #expect(try known.greet() == .served)
        #expect(try unknown.greet() == .served)
        let line = try await fixture.log.lines("admitted", atLeast: 2).first { $0.fields["would_refuse"] != nil }
        #expect(line?.fields["would_refuse"] == "device-unknown" && line?.fields["reason"] == "admitted-observed")
        let until = UnixSeconds(LabTime.now().rawValue + 1).text
        fixture.rewriteConfiguration(fixture.site.text.replacing(Self.inAnHour, by: until))
        _ = try fixture.gateway.reload().get()
        let cut = try await fixture.log.lines("session cut", atLeast: 1, within: 10)
        #expect(cut.map { $0.fields["reason"] } == ["device-unknown"])
        #expect(try await fixture.attempt(fixture.pki.pump(2), version) == .alert(46))
        #expect(try known.greet() == .served)
        await fixture.gateway.stop()
    }

    @Test("who would be cut stays, and is reported once; who is retired is cut")
    func live() async throws {
        let fixture = try await GatewayFixture(Self.site(observe: "[registry, policy]"))
        try Self.enroll("pump:1", in: fixture)
        let pump = try fixture.client(fixture.pki.pump(1))
        let ward = try fixture.client(fixture.pki.issuing.issueDevice("urn:hospital:device:ward:1"))
        #expect(try pump.greet() == .served)
        #expect(try ward.greet() == .served)
        let without = fixture.site.text.split(separator: "\n").filter { !$0.contains("name: wards") }.joined(separator: "\n")
        fixture.rewriteConfiguration(without + "\n")
        _ = try fixture.gateway.reload().get()
        #expect(
            try await fixture.log.lines("session would be cut", atLeast: 1).map { $0.fields["would_refuse"] } == ["no-policy"])
        _ = try fixture.gateway.reload().get()
        #expect(try ward.greet() == .served)
        #expect(fixture.log.lines("session would be cut").count == 1)
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            _ = try registry.perform(.retire, on: Self.identity("pump:1"), Self.operators)
        }
        #expect(try await fixture.log.lines("session cut", atLeast: 1).map { $0.fields["reason"] } == ["device-retired"])
        await fixture.gateway.stop()
    }

    @Test("a finding whose answer is quarantine sends nobody away while it is only reported")
    func finding() async throws {
        let site = try Self.site(observe: "[registry]")
        site.rewriteConfiguration(site.text + "registry: { credentials: { unknown_key: quarantine } }\n")
        let fixture = try await GatewayFixture(site)
        try Self.enroll("pump:1", in: fixture)
        let pump = try fixture.pki.pump(1)
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        #expect(try await fixture.attempt(fixture.pki.pump(1), .tls13) == .served)
        let reported = try await fixture.log.lines("admitted", atLeast: 2).compactMap { $0.fields["would_refuse"] }
        #expect(reported == ["credential-not-bound"])
        #expect(try await fixture.attempt(pump, .tls13) == .served)
        await fixture.gateway.stop()
    }
}

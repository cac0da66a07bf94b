import GatewayTesting
import Glibc
import LabPKI
import PKITypes
import Testing

@Suite("The metrics page is what the contract says")
struct MetricsTests {
    /// DESIGN §6.5: what this version has of it.
    private static let contract: Set<String> = [
        "pulsegate_connections_accepted_total", "pulsegate_handshakes_total", "pulsegate_admissions_total", "pulsegate_sessions",
        "pulsegate_sessions_closed_total", "pulsegate_relay_bytes_total", "pulsegate_decision_seconds",
        "pulsegate_handshake_seconds",
        "pulsegate_enforcement_seconds", "pulsegate_revocation_entries",
        "pulsegate_revocation_list_next_update_timestamp_seconds",
        "pulsegate_revocation_fetch_failures_total", "pulsegate_certificate_expiry_timestamp_seconds", "pulsegate_upstream_up",
        "pulsegate_snapshot_generation", "pulsegate_config_last_reload_success_timestamp_seconds", "pulsegate_build_info",
        "pulsegate_path_verdict_cache_total", "pulsegate_verdict_disagreements_total",
    ]
    /// Ours beside it.
    private static let additions: Set<String> = [
        "pulsegate_log_events_dropped_total", "pulsegate_config_last_reload_successful",
        "pulsegate_change_held", "pulsegate_changes_held_total", "pulsegate_clock_trusted",
        "pulsegate_clock_high_water_mark_timestamp_seconds", "pulsegate_observations_dropped_total",
        "pulsegate_clone_alarms_total",
        "pulsegate_session_store_total", "pulsegate_session_store_entries", "pulsegate_session_store_bytes",
    ]

    @Test("Its names are the contract's, and each is there after some traffic")
    func names() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let pump = try fixture.pki.pump()
        #expect(try await fixture.attempt(pump) == .served)
        _ = try await fixture.log.lines("session ended", atLeast: 1)
        let list = try LabFile.read(fixture.directory.file("issuing.crl"))
        fixture.directory.write("broken", to: "issuing.crl")
        #expect(throws: (any Error).self) { try fixture.gateway.reload().get() }
        fixture.directory.write(list, to: "issuing.crl")
        #expect(try await fixture.metrics().names == Self.contract.union(Self.additions))
        await fixture.gateway.stop()
    }

    @Test("The last reload is 1 when it was taken and 0 when it was refused, and its lists at fault are counted by file")
    func reloads() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let successful = "pulsegate_config_last_reload_successful"
        let failures = "pulsegate_revocation_fetch_failures_total"
        #expect(try await fixture.metrics()[successful] == 1)
        let contents = try LabFile.read(fixture.directory.file("issuing.crl"))
        for (index, damage) in ["broken", nil].enumerated() {
            if let damage {
                fixture.directory.write(damage, to: "issuing.crl")
            } else {
                unlink(fixture.directory.file("issuing.crl"))
            }
            #expect(throws: (any Error).self) { try fixture.gateway.reload().get() }
            let page = try await fixture.metrics()
            #expect(page[successful] == 0)
            #expect(page[failures + "{source=\"\(fixture.directory.file("issuing.crl"))\"}"] == Double(index + 1))
            #expect(page.total(failures) == Double(index + 1))
        }
        fixture.directory.write(contents, to: "issuing.crl")
        _ = try fixture.gateway.reload().get()
        #expect(try await fixture.metrics()[successful] == 1)
        await fixture.gateway.stop()
    }

    @Test("Ages and counts are those of the files")
    func values() async throws {
        let fixture = try await GatewayFixture(upstream: ScriptedUpstream.echo().address)
        let next = LabTime.now() + 7200
        try fixture.pki.issuing.revocationList(
            revoking: [1, 2, 3].map { LabRevokedEntry(serial: [$0]) }, number: 2, nextUpdate: next
        )
        .write(to: fixture.directory.file("issuing.crl"))
        _ = try fixture.gateway.reload().get()
        let page = try await fixture.metrics()
        let labels = "{issuer=\"CN=Test Device Issuing\",source=\"\(fixture.directory.file("issuing.crl"))\"}"
        #expect(page["pulsegate_revocation_entries" + labels] == 3)
        #expect(page["pulsegate_revocation_list_next_update_timestamp_seconds" + labels] == Double(next.rawValue))
        #expect(page["pulsegate_snapshot_generation"] == 2)
        let expiry = "pulsegate_certificate_expiry_timestamp_seconds{file=\"\(fixture.directory.file("server.pem"))\"}"
        #expect(page[expiry] == Double(fixture.pki.server.validity.notAfter.rawValue))
        #expect(page.total("pulsegate_build_info") == 1)
        await fixture.gateway.stop()
    }
}

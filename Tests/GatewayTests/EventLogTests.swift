import EventLoop
import GatewayTesting
import Logging
import PKITypes
import PathValidation
import Testing
import VerificationCore

@testable import DataPlane
@testable import Gateway

@Suite("Events of the data plane as log lines")
struct EventLogTests {
    private static func record() throws -> DecisionRecord {
        let source = try #require(SocketAddress(ip: "10.0.0.1", port: 5000))
        return DecisionRecord(id: DecisionID(run: 1, loop: 2, sequence: 3), listener: "pumps", source: source)
    }

    private static let always: Set<String> = ["decision", "listener", "source"]
    private static let ofRefusals = always.union(["reason", "fault", "audit_outcome", "again"])

    private static func write(_ event: DataPlaneEvent) throws -> CapturedLog.Line {
        let captured = CapturedLog()
        EventLog(captured.logger).write(event)
        #expect(captured.lines.count == 1)
        return try #require(captured.lines.first)
    }

    @Test("Every reason is logged with its word, whose fault it is, and how grave", arguments: RefusalReason.allCases)
    func refused(_ reason: RefusalReason) throws {
        let line = try Self.write(.refused(Self.record(), reason))
        #expect(line.message == "refused")
        #expect(Set(line.fields.keys) == Self.ofRefusals)
        #expect(line.fields["reason"] == reason.rawValue)
        #expect(line.fields["fault"] == reason.fault.rawValue)
        #expect(line.fields["audit_outcome"] == "\(reason.auditOutcome.rawValue)")
        #expect(line.fields["again"] == (reason.permanence == .temporary ? "later" : "never"))
        #expect(line.fields["decision"] == "0000010200000003")
        #expect(line.fields["source"] == "10.0.0.1:5000")
        #expect(line.fields["listener"] == "pumps")
        let level: Logger.Level =
            switch reason.fault {
            case .device: .info
            case .operator, .upstream: .warning
            case .gateway: .error
            }
        #expect(line.level == level)
    }

    @Test("Who left before its first octet is a failed handshake, for those who debug")
    func probed() throws {
        let line = try Self.write(.probed(Self.record()))
        #expect(line.level == .debug && line.message == "refused")
        #expect(line.fields["reason"] == "handshake-failed")
        #expect(Set(line.fields.keys) == Self.ofRefusals)
    }

    @Test("What is known of a device is there, what is not known is absent")
    func known() throws {
        var record = try Self.record()
        record.tlsVersion = .tls13
        record.signature = "ED25519"
        record.identity = DeviceIdentity(text: "urn:pump:1")
        record.diagnosis = "because"
        record.listSource = "issuing.crl"
        record.revocationReason = .keyCompromise
        record.refusingPolicy = "pumps"
        record.depth = 1
        record.alertSent = 44
        let line = try Self.write(.cut(record, .revoked))
        #expect(line.message == "session cut")
        #expect(line.level == .warning)
        let known: Set = ["tls", "signature", "device", "detail", "list", "revocation_reason", "policy", "depth", "alert"]
        #expect(Set(line.fields.keys) == Self.ofRefusals.union(known))
        #expect(line.fields["revocation_reason"] == "keyCompromise")
        #expect(line.fields["alert"] == "44")
        #expect(line.fields["tls"] == "TLSv1.3")
    }

    @Test(
        "An admission names its policy; what it only warns of raises its level",
        arguments: [
            ([], nil), (.certificateAging, "certificate-aging"), (.certificateLongLived, "certificate-long-lived"),
            (.staleList, "stale-list"), (.unknownStatus, "unknown-status"),
            ([.certificateAging, .staleList], "certificate-aging,stale-list"),
        ] as [(Permit.Warnings, String?)])
    func admitted(_ warnings: Permit.Warnings, _ words: String?) throws {
        let line = try Self.write(.admitted(Self.record(), policy: "all", warnings: warnings))
        #expect(line.message == "admitted")
        #expect(line.level == (words == nil ? .info : .warning))
        #expect(line.fields["policy"] == "all")
        #expect(line.fields["warnings"] == words)
    }

    @Test("The end of a session tells its octets, its time, its upstream and its reason", arguments: SessionEnd.all)
    func ended(_ end: SessionEnd) throws {
        let source = try #require(SocketAddress(ip: "10.0.0.1", port: 5000))
        let upstream = try #require(SocketAddress(ip: "10.9.9.9", port: 104))
        let line = try Self.write(
            .sessionEnded(
                SessionRecord(
                    decision: DecisionID(run: 1, loop: 2, sequence: 3), listener: "pumps", source: source,
                    identity: DeviceIdentity(text: "urn:pump:1"), leaf: nil, upstream: upstream, end: end,
                    octetsFromDevice: 12, octetsToDevice: 34, nanoseconds: 1_500_400_000
                )
            )
        )
        #expect(line.message == "session ended")
        #expect(
            line.fields == [
                "decision": "0000010200000003", "listener": "pumps", "source": "10.0.0.1:5000", "device": "urn:pump:1",
                "upstream": "10.9.9.9:104", "reason": end.code, "bytes_in": "12", "bytes_out": "34", "seconds": "1.5",
            ])
    }

    @Test(
        "A snapshot that cut somebody is told to people, one that cut nobody to those who debug",
        arguments: [(0, Logger.Level.debug), (2, .notice)])
    func applied(_ cut: Int, _ level: Logger.Level) throws {
        let line = try Self.write(.snapshotApplied(generation: 7, loop: 1, examined: 9, cut: cut, nanoseconds: 1_234_567))
        #expect(line.level == level)
        #expect(line.fields == ["generation": "7", "loop": "1", "examined": "9", "cut": "\(cut)", "milliseconds": "1.234"])
    }

    @Test("A disagreement of the judges is an error with the path itself, the leaf first")
    func disagreement() throws {
        var record = try Self.record()
        record.diagnosis = "because"
        let disagreement = PathDisagreement(certificates: [[1, 2, 3], [4]], code: 26, depth: 1)
        let line = try Self.write(.verdictsDisagree(record, disagreement))
        #expect(line.message == "verdicts disagree")
        #expect(line.level == .error)
        #expect(Set(line.fields.keys) == Self.always.union(["detail", "depth", "openssl_code", "path"]))
        #expect(line.fields["path"] == "AQID,BA==")
        #expect(line.fields["openssl_code"] == "26" && line.fields["depth"] == "1")
    }

    @Test("An upstream's failure and a pause of accepting are errors")
    func errors() throws {
        let failed = try Self.write(.upstreamFailed(Self.record(), .upstreamUnavailable, upstream: "backend"))
        #expect(failed.level == .error)
        #expect(failed.fields["upstream"] == "backend")
        let paused = try Self.write(.acceptPaused(listener: "pumps", errno: 24))
        #expect(paused.level == .error)
        #expect(paused.fields == ["listener": "pumps", "cause": "Too many open files"])
        let resumed = try Self.write(.acceptResumed(listener: "pumps"))
        #expect(resumed.level == .notice)
    }
}

import DataPlane
import EventLoop
import Foundation
import Logging
import PKITypes
import PathValidation
import VerificationCore

/// The data plane's events as log lines: one for each decision, and one for each session's end.
struct EventLog: Sendable {
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    func write(_ event: DataPlaneEvent) {
        switch event {
        case .admitted(let record, let policy, let warnings):
            var fields = Self.fields(of: record)
            if !policy.isEmpty { fields["policy"] = "\(policy)" }
            if let observed = record.observed {
                fields["reason"] = "admitted-observed"
                fields["would_refuse"] = "\(observed.rawValue)"
            }
            if !warnings.isEmpty { fields["warnings"] = "\(Self.names(of: warnings))" }
            logger.log(level: warnings.isEmpty ? .info : .warning, "admitted", metadata: fields)
        case .refused(let record, let reason):
            logger.log(level: Self.level(of: reason), "refused", metadata: Self.fields(of: record, reason))
        case .probed(let record):
            logger.debug("refused", metadata: Self.fields(of: record, .handshakeFailed))
        case .verdictsDisagree(let record, let disagreement):
            let fields = Self.fields(of: record).merging(Self.fields(of: disagreement)) { $1 }
            logger.error("verdicts disagree", metadata: fields)
        // Its admission has a line.
        case .observed: break
        case .wouldCut(let record, let reason):
            var fields = Self.fields(of: record)
            fields["would_refuse"] = "\(reason.rawValue)"
            logger.log(level: .info, "session would be cut", metadata: fields)
        case .cut(let record, let reason):
            logger.log(level: .warning, "session cut", metadata: Self.fields(of: record, reason))
        case .upstreamFailed(let record, let reason, let upstream):
            var fields = Self.fields(of: record, reason)
            fields["upstream"] = "\(upstream)"
            logger.log(level: .error, "upstream failed", metadata: fields)
        case .sessionEnded(let record):
            logger.info("session ended", metadata: Self.fields(of: record))
        case .listsProven(let provers):
            for prover in provers {
                logger.notice(
                    "lists proven by an issuer that a device brought", metadata: ["trust_anchor": "\(prover.anchorEntry)"])
            }
        case .snapshotApplied(let generation, let loop, let examined, let cut, let nanoseconds):
            logger.log(
                level: cut > 0 ? .notice : .debug,
                "snapshot applied",
                metadata: [
                    "generation": "\(generation)", "loop": "\(loop)", "examined": "\(examined)", "cut": "\(cut)",
                    "milliseconds": "\(Double(nanoseconds / 1000) / 1000)",
                ]
            )
        case .acceptPaused(let listener, let code):
            logger.error(
                "accepting paused",
                metadata: ["listener": "\(listener)", "cause": "\(SystemCallFailure.text(of: code))"]
            )
        case .acceptResumed(let listener):
            logger.notice("accepting resumed", metadata: ["listener": "\(listener)"])
        }
    }

    func noteDropped(_ count: UInt64) {
        logger.error("log events dropped", metadata: ["count": "\(count)"])
    }

    /// What a device did is traffic; what an operator or an upstream has to mend is a warning.
    private static func level(of reason: RefusalReason) -> Logger.Level {
        switch reason.fault {
        case .device: .info
        case .operator, .upstream: .warning
        case .gateway: .error
        }
    }

    private static func fields(of record: DecisionRecord, _ reason: RefusalReason? = nil) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "decision": "\(record.id)", "listener": "\(record.listener)", "source": "\(record.source)",
        ]
        if let reason {
            fields["reason"] = "\(reason.rawValue)"
            fields["fault"] = "\(reason.fault.rawValue)"
            fields["audit_outcome"] = "\(reason.auditOutcome.rawValue)"
            fields["again"] = reason.permanence == .temporary ? "later" : "never"
        }
        fields["tls"] = record.tlsVersion.map { "\($0.rawValue)" }
        fields["signature"] = record.signature.map { "\($0)" }
        if record.isResumed { fields["resumed"] = "true" }
        fields["device"] = record.identity.map { "\($0)" }
        fields["serial"] = record.leaf.map { "\($0.serial)" }
        fields["issuer"] = record.leaf.map { "\($0.issuer.display)" }
        fields["subject"] = record.leaf?.subject.map { "\($0.display)" }
        fields["claims"] = record.leaf?.claimedName.map { "\($0)" }
        fields["detail"] = record.diagnosis.map { "\($0)" }
        fields["list"] = record.listSource.map { "\($0)" }
        fields["revocation_reason"] = record.revocationReason.map { "\($0.name)" }
        fields["policy"] = record.refusingPolicy.map { "\($0)" }
        fields["alert"] = record.alertSent.map { "\($0)" }
        if let depth = record.depth, depth > 0 { fields["depth"] = "\(depth)" }
        return fields
    }

    /// With the path itself, the leaf first: whoever looks into it needs the very octets.
    private static func fields(of disagreement: PathDisagreement) -> Logger.Metadata {
        let path = disagreement.certificates.map { Data($0).base64EncodedString() }.joined(separator: ",")
        return ["depth": "\(disagreement.depth)", "openssl_code": "\(disagreement.code)", "path": "\(path)"]
    }

    private static func fields(of record: SessionRecord) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "decision": "\(record.decision)", "listener": "\(record.listener)", "source": "\(record.source)",
            "device": "\(record.identity)", "reason": "\(record.end.code)",
            "bytes_in": "\(record.octetsFromDevice)", "bytes_out": "\(record.octetsToDevice)",
            "seconds": "\(Double(record.nanoseconds / 1_000_000) / 1000)",
        ]
        fields["upstream"] = record.upstream.map { "\($0)" }
        fields["serial"] = record.leaf.map { "\($0.serial)" }
        return fields
    }

    private static func names(of warnings: Permit.Warnings) -> String {
        var names: [String] = []
        if warnings.contains(.certificateAging) { names.append("certificate-aging") }
        if warnings.contains(.certificateLongLived) { names.append("certificate-long-lived") }
        if warnings.contains(.staleList) { names.append("stale-list") }
        if warnings.contains(.unknownStatus) { names.append("unknown-status") }
        return names.joined(separator: ",")
    }
}

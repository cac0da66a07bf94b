import DataPlane
import Foundation
import PKITypes
import PathValidation
import VerificationCore

/// What the data plane's records say in a log line.
extension LogFields {
    init(_ record: DecisionRecord) {
        self.init()
        self["device"] = record.identity?.description
        self["source"] = record.source.description
        self["decision"] = record.id.description
        self["alert"] = record.alertSent?.description
        self["claims"] = record.leaf?.claimedName
        if let depth = record.depth, depth > 0 { self["depth"] = depth.description }
        self["detail"] = record.diagnosis
        self["issuer"] = record.leaf?.issuer.display
        self["list"] = record.listSource
        self["listener"] = record.listener
        self["policy"] = record.refusingPolicy
        if record.isResumed { self["resumed"] = "true" }
        self["revocation_reason"] = record.revocationReason?.name
        self["serial"] = record.leaf?.serial.description
        self["signature"] = record.signature
        self["subject"] = record.leaf?.subject?.display
        self["tls"] = record.tlsVersion?.rawValue
    }

    init(admitted record: DecisionRecord, policy: String, warnings: Permit.Warnings) {
        self.init(record)
        if !policy.isEmpty { self["policy"] = policy }
        if let observed = record.observed {
            self["reason"] = "admitted-observed"
            self["would_refuse"] = observed.rawValue
        }
        if !warnings.isEmpty { self["warnings"] = warnings.names.joined(separator: ",") }
    }

    init(_ record: DecisionRecord, _ reason: RefusalReason, upstream: String? = nil) {
        self.init(record)
        self["reason"] = reason.rawValue
        self["again"] = reason.permanence == .temporary ? "later" : "never"
        self["audit_outcome"] = reason.auditOutcome.rawValue.description
        self["fault"] = reason.fault.rawValue
        self["upstream"] = upstream
    }

    init(_ record: DecisionRecord, wouldRefuse reason: RefusalReason) {
        self.init(record)
        self["would_refuse"] = reason.rawValue
    }

    /// With the path itself, the leaf first: whoever looks into it needs the very octets.
    init(_ record: DecisionRecord, _ disagreement: PathDisagreement) {
        var record = record
        record.depth = disagreement.depth
        self.init(record)
        if disagreement.depth == 0 { self["depth"] = "0" }
        self["openssl_code"] = disagreement.code.description
        self["path"] = disagreement.certificates.map { Data($0).base64EncodedString() }.joined(separator: ",")
    }

    init(_ record: SessionRecord) {
        self.init()
        self["reason"] = record.end.code
        self["device"] = record.identity.description
        self["source"] = record.source.description
        self["decision"] = record.decision.description
        self["bytes_in"] = record.octetsFromDevice.description
        self["bytes_out"] = record.octetsToDevice.description
        self["listener"] = record.listener
        self["seconds"] = "\(Double(record.nanoseconds / 1_000_000) / 1000)"
        self["serial"] = record.leaf?.serial.description
        self["upstream"] = record.upstream?.description
    }
}

extension Permit.Warnings {
    fileprivate var names: [String] {
        var names: [String] = []
        if contains(.certificateAging) { names.append("certificate-aging") }
        if contains(.certificateLongLived) { names.append("certificate-long-lived") }
        if contains(.staleList) { names.append("stale-list") }
        if contains(.unknownStatus) { names.append("unknown-status") }
        return names
    }
}

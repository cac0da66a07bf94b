import DER
import PKITypes
import X509

/// Reads the revokedCertificates of a list (RFC 5280 §5.1.2.6, §5.3): the one loop here that runs a million times.
struct RevokedEntryParser {
    private let version: ListVersion
    private let isDelta: Bool
    /// Unsupported once an entry carried what is not understood.
    private(set) var support = ListSupport.supported

    init(version: ListVersion, isDelta: Bool) {
        self.version = version
        self.isDelta = isDelta
    }

    mutating func parse(_ reader: DERReader) throws(DERFailure) -> [RevokedEntry] {
        var reader = reader
        var entries: [RevokedEntry] = []
        var isSorted = true
        while !reader.isAtEnd {
            guard entries.count < ListLimits.maximumEntries else {
                throw DERFailure(.tooMany(limit: ListLimits.maximumEntries), at: reader.position)
            }
            let entry = try entry(from: &reader)
            if isSorted, let last = entries.last, !(last.serial < entry.serial) { isSorted = false }
            entries.append(entry)
        }
        return isSorted ? entries : Self.sortedOnce(entries)
    }

    /// The earliest revocation stands when an issuer lists a serial number twice.
    private static func sortedOnce(_ entries: [RevokedEntry]) -> [RevokedEntry] {
        let sorted = entries.sorted {
            $0.serial != $1.serial ? $0.serial < $1.serial : $0.revokedAt < $1.revokedAt
        }
        var unique: [RevokedEntry] = []
        unique.reserveCapacity(sorted.count)
        for entry in sorted where unique.last?.serial != entry.serial { unique.append(entry) }
        return unique
    }

    private mutating func entry(from reader: inout DERReader) throws(DERFailure) -> RevokedEntry {
        var fields = try reader.readSequence()
        let serial = try SerialNumber(from: &fields)
        let revokedAt = try fields.readTime()
        let reason = fields.isAtEnd ? .unspecified : try extensions(from: &fields)
        return RevokedEntry(serial: serial, reason: reason, revokedAt: revokedAt)
    }

    /// crlEntryExtensions, of which only the reason is kept.
    private mutating func extensions(from fields: inout DERReader) throws(DERFailure) -> RevocationReason {
        let start = fields.position
        guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard fields.end - start <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        let all = try CertificateExtension.list(from: &fields)
        try fields.requireEnd()
        var reason = RevocationReason.unspecified
        for item in all {
            switch item.identifier {
            case .reasonCode: reason = try self.reason(DERReader(fields.bytes, in: item.value))
            // For hunting back, not for deciding; its value is not read.
            case .invalidityDate: break
            case .certificateIssuer: refuse(.indirect)
            default: if item.isCritical { refuse(.unknownCriticalEntryExtension(item.identifier)) }
            }
        }
        return reason
    }

    private func reason(_ value: DERReader) throws(DERFailure) -> RevocationReason {
        var value = value
        let start = value.position
        let code = try value.readSmallInteger(.enumerated)
        try value.requireEnd()
        guard let octet = UInt8(exactly: code), let reason = RevocationReason(rawValue: octet) else {
            throw DERFailure(.reasonCodeInvalid, at: start)
        }
        // RFC 5280 §5.3.1: only in delta lists. In a full one it could be read either way.
        guard reason != .removeFromCRL || isDelta else { throw DERFailure(.removeFromCRLInFullList, at: start) }
        return reason
    }

    private mutating func refuse(_ cause: ListSupport.Cause) {
        if support == .supported { support = .unsupported(cause) }
    }
}

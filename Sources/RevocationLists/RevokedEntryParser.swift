import DER
import PKITypes
import X509

/// Reads the revokedCertificates of a list (RFC 5280 §5.1.2.6, §5.3): the one loop here that runs a million times.
struct RevokedEntryParser {
    private let version: ListVersion
    private let isDelta: Bool
    private let isIndirect: Bool
    /// Unsupported once an entry carried what is not understood.
    private(set) var support = ListSupport.supported
    private(set) var entries: [RevokedEntry] = []
    private(set) var entriesOfOthers: [DistinguishedName: [RevokedEntry]] = [:]

    init(version: ListVersion, isDelta: Bool, isIndirect: Bool) {
        self.version = version
        self.isDelta = isDelta
        self.isIndirect = isIndirect
    }

    /// - Parameter issuer: of the list, and of the certificates it names until an entry says otherwise.
    mutating func parse(_ reader: DERReader, issuer: DistinguishedName) throws(DERFailure) {
        var reader = reader
        var count = 0
        var others: [DistinguishedName]?
        while !reader.isAtEnd {
            guard count < ListLimits.maximumEntries else {
                throw DERFailure(.tooMany(limit: ListLimits.maximumEntries), at: reader.position)
            }
            count += 1
            let (entry, issuers) = try entry(from: &reader)
            // §5.3.3: it holds for the entries that follow, too.
            if let issuers { others = issuers == [issuer] ? nil : issuers }
            guard let others else {
                entries.append(entry)
                continue
            }
            for other in others { entriesOfOthers[other, default: []].append(entry) }
        }
        if let own = entriesOfOthers.removeValue(forKey: issuer) { entries += own }
        entries = Self.sortedOnce(entries)
        entriesOfOthers = entriesOfOthers.mapValues(Self.sortedOnce)
    }

    /// When an issuer lists a serial number twice, a revocation outranks its lifting, and the earliest one stands.
    private static func sortedOnce(_ entries: [RevokedEntry]) -> [RevokedEntry] {
        let isSorted = zip(entries, entries.dropFirst()).allSatisfy { $0.serial < $1.serial }
        if isSorted { return entries }
        let sorted = entries.sorted {
            if $0.serial != $1.serial { return $0.serial < $1.serial }
            let lifts = ($0.reason == .removeFromCRL, $1.reason == .removeFromCRL)
            return lifts.0 != lifts.1 ? lifts.1 : $0.revokedAt < $1.revokedAt
        }
        var unique: [RevokedEntry] = []
        unique.reserveCapacity(sorted.count)
        for entry in sorted where unique.last?.serial != entry.serial { unique.append(entry) }
        return unique
    }

    private mutating func entry(
        from reader: inout DERReader
    ) throws(DERFailure) -> (entry: RevokedEntry, issuers: [DistinguishedName]?) {
        var fields = try reader.readSequence()
        let serial = try SerialNumber(from: &fields)
        let revokedAt = try fields.readTime()
        guard !fields.isAtEnd else { return (RevokedEntry(serial: serial, reason: .unspecified, revokedAt: revokedAt), nil) }
        let (reason, issuers) = try extensions(from: &fields)
        return (RevokedEntry(serial: serial, reason: reason, revokedAt: revokedAt), issuers)
    }

    /// crlEntryExtensions, of which the reason and the certificates' issuer are kept.
    private mutating func extensions(
        from fields: inout DERReader
    ) throws(DERFailure) -> (reason: RevocationReason, issuers: [DistinguishedName]?) {
        let start = fields.position
        guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard fields.end - start <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        let all = try CertificateExtension.list(from: &fields)
        try fields.requireEnd()
        var reason = RevocationReason.unspecified
        var issuers: [DistinguishedName]?
        for item in all {
            switch item.identifier {
            case .reasonCode: reason = try self.reason(DERReader(fields.bytes, in: item.value))
            // For hunting back, not for deciding; its value is not read.
            case .invalidityDate: break
            case .certificateIssuer:
                if !isIndirect { refuse(.certificateIssuerInDirectList) }
                issuers = try self.issuers(DERReader(fields.bytes, in: item.value))
            default: if item.isCritical { refuse(.unknownCriticalEntryExtension(item.identifier)) }
            }
        }
        return (reason, issuers)
    }

    /// The directory names among GeneralNames: a certificate's issuer field is one (§5.3.3).
    private func issuers(_ value: DERReader) throws(DERFailure) -> [DistinguishedName] {
        var outer = value
        let names = try DistributionPointName.generalNames(outer.readSequence())
        try outer.requireEnd()
        let issuers = names.compactMap { if case .directory(let name) = $0 { name } else { nil } }
        guard !issuers.isEmpty else { throw DERFailure(.extensionInvalid(.certificateIssuer), at: value.position) }
        return issuers
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

import DER
import PKITypes
import X509

/// Reads the revokedCertificates of a list (RFC 5280 §5.1.2.6, §5.3) as they arrive: the one loop here that runs a million
/// times.
///
/// What an entry means can depend on the extensions of the list, which stand behind all entries: that is kept as questions
/// (``support(isIndirect:)``, ``firstLifting``) until they are known.
struct ListedEntryReader: Sendable {
    enum Progress {
        /// Everything up to this offset is read; `needs` is how many octets from there the next entry takes, or is known to.
        case arrived(Int, needs: Int)
        case batchIsFull(Int)
        case atEnd
    }

    /// Entries that one step yields, but for those that an entry with several issuers adds: what stays in a core's cache.
    static let batchEntries = 1024
    /// No serial number and no time is longer together, whatever stands behind them.
    private static let maximumFixedOctets = 64

    private let version: ListVersion
    private(set) var issuers: ListedIssuers
    private(set) var count = 0
    /// Where the first entry stands that only a delta list may hold (removeFromCRL).
    private(set) var firstLifting: Int?
    private var firstForeignIssuer: ListSupport.Cause?
    private var firstUnknownExtension: ListSupport.Cause?

    init(version: ListVersion, issuer: DistinguishedName) {
        self.version = version
        issuers = ListedIssuers(own: issuer)
    }

    /// Whether what stood in the entries is understood in full: of two causes, the one that came first.
    func support(isIndirect: Bool) -> ListSupport {
        let cause = isIndirect ? firstUnknownExtension : firstForeignIssuer ?? firstUnknownExtension
        return cause.map(ListSupport.unsupported) ?? .supported
    }

    /// Reads whole entries from `start` on, until what has arrived ends or the batch is full.
    ///
    /// - Parameters:
    ///   - end: where the entries end, which may lie beyond the window.
    ///   - origin: where the window begins in the list.
    mutating func read(
        _ window: Span<UInt8>, from start: Int, end: Int, origin: Int, into batch: inout [ListedEntry]
    ) throws(DERFailure) -> Progress {
        var position = start
        while position < end {
            guard batch.count < Self.batchEntries else { return .batchIsFull(position) }
            guard count < ListLimits.maximumEntries else {
                throw DERFailure(.tooMany(limit: ListLimits.maximumEntries), at: position)
            }
            let entry: ElementHeader
            switch try ElementHeader.read(.sequence, window, at: position, end: end) {
            case .complete(let header): entry = header
            case .needs(let octets): return .arrived(position, needs: octets)
            }
            let entryEnd = entry.contents.upperBound
            if entryEnd > window.count {
                // An entry that is longer than any can be is refused for what stands at its beginning.
                let fixedPart = min(entry.contents.count, Self.maximumFixedOctets)
                let isTooLong = entry.contents.count > Self.maximumFixedOctets + ListLimits.maximumExtensionOctets
                let needed = isTooLong ? entry.contents.lowerBound + fixedPart : entryEnd
                if needed > window.count { return .arrived(position, needs: needed - position) }
            }
            let serial = try Self.serial(window, at: entry.contents.lowerBound, end: entryEnd)
            let time = try Self.time(window, at: serial.end, end: entryEnd)
            var reason = RevocationReason.unspecified
            if time.end < entryEnd {
                reason = try extensions(window, at: time.end, end: entryEnd, origin: origin)
            }
            yield(serial.value, reason, time.value, into: &batch)
            position = entryEnd
        }
        return .atEnd
    }

    @inline(__always)
    private mutating func yield(
        _ serial: SerialNumber, _ reason: RevocationReason, _ revokedAt: UnixSeconds, into batch: inout [ListedEntry]
    ) {
        if issuers.isOwnCurrent {
            batch.append(ListedEntry(serial: serial, reason: reason, revokedAt: revokedAt))
            count += 1
        } else {
            for issuer in issuers.current {
                batch.append(ListedEntry(serial: serial, reason: reason, revokedAt: revokedAt, issuer: issuer))
            }
            count += issuers.current.count
        }
    }

    // MARK: - Serial number and time

    @inline(__always)
    private static func serial(
        _ window: Span<UInt8>, at start: Int, end: Int
    ) throws(DERFailure) -> (value: SerialNumber, end: Int) {
        guard case .complete(let header) = try ElementHeader.read(.integer, window, at: start, end: end) else {
            preconditionFailure("the entry has arrived as far as its extensions")
        }
        let contents = header.contents
        guard !contents.isEmpty else { throw DERFailure(.integerInvalid, at: start) }
        if contents.count > 1 {
            let (first, nextIsHigh) = (window[contents.lowerBound], window[contents.lowerBound + 1] & 0x80 != 0)
            let isPadded = (first == 0x00 && !nextIsHigh) || (first == 0xff && nextIsHigh)
            guard !isPadded else { throw DERFailure(.integerInvalid, at: start) }
        }
        guard contents.count <= SerialNumber.maximumOctets else { throw DERFailure(.serialNumberTooLong, at: start) }
        return (SerialNumber(window, contents), contents.upperBound)
    }

    @inline(__always)
    private static func time(
        _ window: Span<UInt8>, at start: Int, end: Int
    ) throws(DERFailure) -> (value: UnixSeconds, end: Int) {
        if end - start >= 15, window[start] == 0x17, window[start + 1] == 13,
            let moment = UTCTimeDigits(window, at: start + 2)?.moment
        {
            return (moment, start + 15)
        }
        return try anyTime(window, at: start, end: end)
    }

    /// GeneralizedTime, and whatever is refused.
    private static func anyTime(
        _ window: Span<UInt8>, at start: Int, end: Int
    ) throws(DERFailure) -> (value: UnixSeconds, end: Int) {
        // No time is longer: what lies behind it changes nothing but whether a length fits, which counts as it does here.
        let tag = start < end && window[start] == DERTag.generalizedTime.rawValue ? DERTag.generalizedTime : .utcTime
        guard case .complete(let header) = try ElementHeader.read(tag, window, at: start, end: end) else {
            preconditionFailure("the entry has arrived as far as its extensions")
        }
        guard header.contents.count <= 15 else { throw DERFailure(.timeInvalid, at: start) }
        let octets = [UInt8](window, from: start, to: header.contents.upperBound)
        return (try octets.read(at: start) { (reader) throws(DERFailure) in try reader.readTime() }, header.contents.upperBound)
    }

    // MARK: - Extensions

    /// crlEntryExtensions, of which the reason and the certificates' issuer are kept.
    @inline(__always)
    private mutating func extensions(
        _ window: Span<UInt8>, at start: Int, end: Int, origin: Int
    ) throws(DERFailure) -> RevocationReason {
        guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard end - start <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        if let reason = LoneReasonCode.read(window, at: start, end: end), reason != .removeFromCRL { return reason }
        let octets = [UInt8](window, from: start, to: end)
        return try octets.read(at: start) { (reader) throws(DERFailure) in
            try interpretExtensions(&reader, origin: origin + start)
        }
    }

    private mutating func interpretExtensions(
        _ reader: inout DERReader, origin: Int
    ) throws(DERFailure) -> RevocationReason {
        let all = try CertificateExtension.list(from: &reader)
        try reader.requireEnd()
        var reason = RevocationReason.unspecified
        for item in all {
            let value = DERReader(reader.bytes, in: item.value)
            switch item.identifier {
            case .reasonCode:
                reason = try RevocationReason(from: value)
                // RFC 5280 §5.3.1: only in delta lists. In a full one it could be read either way.
                if reason == .removeFromCRL, firstLifting == nil { firstLifting = origin + value.position }
            // For hunting back, not for deciding; its value is not read.
            case .invalidityDate: break
            case .certificateIssuer:
                if firstForeignIssuer == nil { firstForeignIssuer = firstUnknownExtension ?? .certificateIssuerInDirectList }
                try issuers.become(value)
            default:
                if item.isCritical, firstUnknownExtension == nil {
                    firstUnknownExtension = .unknownCriticalEntryExtension(item.identifier)
                }
            }
        }
        return reason
    }
}

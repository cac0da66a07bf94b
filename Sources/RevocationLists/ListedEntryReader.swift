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
        /// Everything before this offset is read, and the next entry takes so many octets from there, or more.
        case arrived(Int, needs: Int)
        case batchIsFull(Int)
        case atEnd
    }

    /// Entries that one step yields, but for those that an entry with several issuers adds: what stays in a core's cache.
    static let batchEntries = 1024

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
            if version == .v2, issuers.isOwnCurrent {
                let room = min(Self.batchEntries - batch.count, ListLimits.maximumEntries - count)
                let countBefore = batch.count
                position = UsualEntry.read(window, from: position, end: end, atMost: room, into: &batch)
                count += batch.count - countBefore
                guard position < end else { break }
            }
            guard batch.count < Self.batchEntries else { return .batchIsFull(position) }
            guard count < ListLimits.maximumEntries else {
                throw DERFailure(.tooMany(limit: ListLimits.maximumEntries), at: position)
            }
            switch try ElementHeader.read(.sequence, window, at: position, end: end) {
            case .needs(let octets): return .arrived(position, needs: octets)
            case .complete(let header):
                guard header.contents.count <= ListLimits.maximumEntryOctets else {
                    throw DERFailure(.tooLarge(limit: ListLimits.maximumEntryOctets), at: position)
                }
                let entryEnd = header.contents.upperBound
                guard entryEnd <= window.count else { return .arrived(position, needs: entryEnd - position) }
                try readAny(window, header.contents, origin: origin, into: &batch)
                position = entryEnd
            }
        }
        return .atEnd
    }

    /// An entry of any shape.
    private mutating func readAny(
        _ window: Span<UInt8>, _ contents: Range<Int>, origin: Int, into batch: inout [ListedEntry]
    ) throws(DERFailure) {
        let start = contents.lowerBound
        let octets = [UInt8](window, from: start, to: contents.upperBound)
        let entry = try octets.read(at: start) { (fields) throws(DERFailure) in
            let serial = try SerialNumber(from: &fields)
            let revokedAt = try fields.readTime()
            let reason = fields.isAtEnd ? .unspecified : try extensions(&fields, origin: origin + start)
            return RevokedEntry(serial: serial, reason: reason, revokedAt: revokedAt)
        }
        for issuer in issuers.current {
            batch.append(
                ListedEntry(serial: entry.serial, reason: entry.reason, revokedAt: entry.revokedAt, issuer: issuer))
        }
        count += issuers.current.count
    }

    /// crlEntryExtensions, of which the reason and the certificates' issuer are kept.
    private mutating func extensions(_ fields: inout DERReader, origin: Int) throws(DERFailure) -> RevocationReason {
        let start = fields.position
        guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard fields.end - start <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        let all = try CertificateExtension.list(from: &fields)
        try fields.requireEnd()
        var reason = RevocationReason.unspecified
        for item in all {
            let value = DERReader(fields.bytes, in: item.value)
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

extension RevocationReason {
    /// The value of a reasonCode extension (RFC 5280 §5.3.1).
    fileprivate init(from extensionValue: DERReader) throws(DERFailure) {
        var value = extensionValue
        let start = value.position
        let code = try value.readSmallInteger(.enumerated)
        try value.requireEnd()
        guard let octet = UInt8(exactly: code), let reason = Self(rawValue: octet) else {
            throw DERFailure(.reasonCodeInvalid, at: start)
        }
        self = reason
    }
}

extension [UInt8] {
    /// A copy of octets of a window.
    init(_ window: Span<UInt8>, from start: Int, to end: Int) {
        self.init(capacity: end - start) { octets in
            for offset in start..<end { octets.append(window[offset]) }
        }
    }

    /// Reads these octets, which stand at `offset` of something larger: failures are told by their place in that.
    func read<Value>(
        at offset: Int, _ body: (inout DERReader) throws(DERFailure) -> Value
    ) throws(DERFailure) -> Value {
        var reader = DERReader(self)
        do throws(DERFailure) {
            return try body(&reader)
        } catch {
            throw DERFailure(error.reason, at: error.offset + offset)
        }
    }
}

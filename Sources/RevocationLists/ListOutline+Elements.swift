import DER
import PKITypes
import X509

/// The elements of a list, read one by one from a window. Failures are told by their offset in the window.
extension ListOutline {
    enum Outcome {
        /// An element, or the absence of one, lies before this offset.
        case done(Int, next: Phase)
        /// From this offset on so many octets are needed.
        case needs(Int, octets: Int)
        case batchIsFull(Int)

        var end: Int {
            switch self {
            case .done(let end, _), .needs(let end, _), .batchIsFull(let end): end
            }
        }
    }

    /// - Parameters:
    ///   - start: where in the window the element begins.
    ///   - origin: where in the list the window begins.
    mutating func read(
        _ phase: Phase, _ window: Span<UInt8>, at start: Int, origin: Int, into batch: inout [ListedEntry]
    ) throws(DERFailure) -> Outcome {
        switch phase {
        case .list: return try readList(window, at: start)
        case .signedPart: return try readSignedPart(window, at: start, origin: origin)
        case .version, .algorithm, .issuer, .thisUpdate, .nextUpdate:
            return try readField(phase, window, at: start, origin: origin)
        case .revoked: return try readRevoked(window, at: start, origin: origin)
        case .entries: return try readEntries(window, at: start, origin: origin, into: &batch)
        case .extensions: return try readExtensions(window, at: start, origin: origin)
        case .outerAlgorithm, .signature: return try readTrailer(phase, window, at: start, origin: origin)
        case .end:
            guard start == window.count else { throw DERFailure(.trailingBytes, at: start) }
            return .needs(start, octets: 1)
        }
    }

    private mutating func readList(_ window: Span<UInt8>, at start: Int) throws(DERFailure) -> Outcome {
        // How long the list is, its first octets say; whether that is true, its last ones.
        switch try ElementHeader.read(.sequence, window, at: start, end: .max) {
        case .needs(let octets): return .needs(start, octets: octets)
        case .complete(let header):
            guard header.contents.upperBound <= ListLimits.maximumOctets else {
                throw DERFailure(.tooLarge(limit: ListLimits.maximumOctets), at: start)
            }
            listEnd = header.contents.upperBound
            signedPart = header.contents.lowerBound..<listEnd
            return .done(header.contents.lowerBound, next: .signedPart)
        }
    }

    private mutating func readSignedPart(
        _ window: Span<UInt8>, at start: Int, origin: Int
    ) throws(DERFailure) -> Outcome {
        switch try ElementHeader.read(.sequence, window, at: start, end: listEnd - origin) {
        case .needs(let octets): return .needs(start, octets: octets)
        case .complete(let header):
            signedPart = (start + origin)..<(header.contents.upperBound + origin)
            return .done(header.contents.lowerBound, next: .version)
        }
    }

    // MARK: - Fields

    /// An element that is waited for until it is whole.
    private enum Field {
        case absent
        case needs(Int)
        case complete([UInt8], end: Int)

        init(_ tag: DERTag, _ window: Span<UInt8>, at start: Int, end: Int) throws(DERFailure) {
            switch try ElementHeader.read(tag, window, at: start, end: end) {
            case .needs(let octets): self = .needs(octets)
            case .complete(let header):
                let elementEnd = header.contents.upperBound
                guard elementEnd - start <= ListLimits.maximumFieldOctets else {
                    throw DERFailure(.tooLarge(limit: ListLimits.maximumFieldOctets), at: start)
                }
                self =
                    elementEnd <= window.count
                    ? .complete([UInt8](window, from: start, to: elementEnd), end: elementEnd) : .needs(elementEnd - start)
            }
        }
    }

    /// By the tags that an element may carry, and whether it may be absent.
    private static func field(
        _ phase: Phase, _ window: Span<UInt8>, at start: Int, end: Int
    ) throws(DERFailure) -> Field {
        if start < end, start == window.count { return .needs(1) }
        let tag = start < end ? DERTag(rawValue: window[start]) : nil
        switch phase {
        case .version where tag != .integer: return .absent
        case .version: return try Field(.integer, window, at: start, end: end)
        case .nextUpdate where tag != .utcTime && tag != .generalizedTime: return .absent
        case .thisUpdate, .nextUpdate:
            return try Field(tag == .generalizedTime ? .generalizedTime : .utcTime, window, at: start, end: end)
        case .signature: return try Field(.bitString, window, at: start, end: end)
        default: return try Field(.sequence, window, at: start, end: end)
        }
    }

    /// Those before the entries.
    private mutating func readField(
        _ phase: Phase, _ window: Span<UInt8>, at start: Int, origin: Int
    ) throws(DERFailure) -> Outcome {
        switch try Self.field(phase, window, at: start, end: signedPart.upperBound - origin) {
        case .needs(let octets): return .needs(start, octets: octets)
        case .absent: return .done(start, next: phase == .version ? .algorithm : .revoked)
        case .complete(let octets, let end):
            return .done(end, next: try take(octets, as: phase, at: start, origin: origin))
        }
    }

    private mutating func take(
        _ octets: [UInt8], as phase: Phase, at start: Int, origin: Int
    ) throws(DERFailure) -> Phase {
        switch phase {
        case .version:
            version = try octets.read(at: start) { (reader) throws(DERFailure) in try ListVersion(from: &reader) }
            return .algorithm
        case .algorithm:
            _ = try octets.read(at: start) { (reader) throws(DERFailure) in try AlgorithmIdentifier(from: &reader) }
            signedAlgorithm = octets
            return .issuer
        case .issuer:
            let name = try octets.read(at: start) { (reader) throws(DERFailure) in try DistinguishedName(from: &reader) }
            guard !name.canonical.isEmpty else { throw DERFailure(.emptyIssuer, at: start) }
            issuer = (name, start + origin)
            issuerOctets = octets
            entryReader = ListedEntryReader(version: version, issuer: name)
            return .thisUpdate
        case .thisUpdate:
            thisUpdate = try octets.read(at: start) { (reader) throws(DERFailure) in try reader.readTime() }
            return .nextUpdate
        default:
            nextUpdate = try octets.read(at: start) { (reader) throws(DERFailure) in try reader.readTime() }
            return .revoked
        }
    }

    // MARK: - Entries and extensions

    private mutating func readRevoked(_ window: Span<UInt8>, at start: Int, origin: Int) throws(DERFailure) -> Outcome {
        let end = signedPart.upperBound - origin
        if start < end, start == window.count { return .needs(start, octets: 1) }
        guard start < end, window[start] == DERTag.sequence.rawValue else { return .done(start, next: .extensions) }
        switch try ElementHeader.read(window, at: start, end: end) {
        case .needs(let octets): return .needs(start, octets: octets)
        case .complete(let header):
            entriesEnd = header.contents.upperBound + origin
            return .done(header.contents.lowerBound, next: .entries)
        }
    }

    private mutating func readEntries(
        _ window: Span<UInt8>, at start: Int, origin: Int, into batch: inout [ListedEntry]
    ) throws(DERFailure) -> Outcome {
        let progress = try entryReader?.read(window, from: start, end: entriesEnd - origin, origin: origin, into: &batch)
        switch progress {
        case .arrived(let end, let octets): return .needs(end, octets: octets)
        case .batchIsFull(let end): return .batchIsFull(end)
        case .atEnd: return .done(entriesEnd - origin, next: .extensions)
        case nil: preconditionFailure("entries behind an issuer")
        }
    }

    /// `[0] EXPLICIT Extensions OPTIONAL`, the last field of the signed part.
    private mutating func readExtensions(
        _ window: Span<UInt8>, at start: Int, origin: Int
    ) throws(DERFailure) -> Outcome {
        let end = signedPart.upperBound - origin
        if start < end, start == window.count { return .needs(start, octets: 1) }
        if start == end {
            extensions = ListExtensions()
        } else {
            guard window[start] == DERTag.contextConstructed(0).rawValue else { throw DERFailure(.trailingBytes, at: start) }
            let header: ElementHeader
            switch try ElementHeader.read(window, at: start, end: end) {
            case .needs(let octets): return .needs(start, octets: octets)
            case .complete(let complete): header = complete
            }
            guard header.contents.upperBound == end else {
                throw DERFailure(.trailingBytes, at: header.contents.upperBound)
            }
            guard version == .v2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
            guard header.contents.count <= ListLimits.maximumExtensionOctets else {
                throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
            }
            guard end <= window.count else { return .needs(start, octets: end - start) }
            let octets = [UInt8](window, from: header.contents.lowerBound, to: end)
            let issuer = issuerOctets
            extensions = try octets.read(at: header.contents.lowerBound) { (reader) throws(DERFailure) in
                try ListExtensions(from: &reader, issuer: issuer)
            }
        }
        judgeEntries()
        return .done(end, next: .outerAlgorithm)
    }

    // MARK: - Behind the signed part

    private mutating func readTrailer(
        _ phase: Phase, _ window: Span<UInt8>, at start: Int, origin: Int
    ) throws(DERFailure) -> Outcome {
        let (octets, end): ([UInt8], Int)
        switch try Self.field(phase, window, at: start, end: listEnd - origin) {
        case .absent: preconditionFailure("no element behind the signed part is optional")
        case .needs(let octets): return .needs(start, octets: octets)
        case .complete(let contents, let fieldEnd): (octets, end) = (contents, fieldEnd)
        }
        if phase == .outerAlgorithm {
            _ = try octets.read(at: start) { (reader) throws(DERFailure) in try AlgorithmIdentifier(from: &reader) }
            // RFC 5280 §5.1.1.2: the same as the signed one, parameters too.
            if let signedAlgorithm, signedAlgorithm != octets {
                note(DERFailure(.signatureAlgorithmMismatch, at: start + origin), .algorithmMismatch)
            }
            return .done(end, next: .signature)
        }
        let value = try octets.read(at: start) { (reader) throws(DERFailure) in try reader.readBitStringOfOctets() }
        signatureValue = Array(octets[value])
        guard end == listEnd - origin else { throw DERFailure(.trailingBytes, at: end) }
        return .done(end, next: .end)
    }
}

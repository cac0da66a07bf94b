import DER
import PKITypes
import RevocationLists
import X509

/// A certificate revocation list read as plainly as it can be: whole, with one reader over its octets, extensions before
/// entries. The oracle of ``RevocationListStream``, which must say the same of every input, failures and offsets too.
package struct WholeListReader: Equatable {
    /// An entry and whose certificate it names.
    package struct Entry: Equatable {
        package let revoked: RevokedEntry
        package let issuer: DistinguishedName
    }

    package let facts: RevocationListFacts
    package let entries: [Entry]

    package init(der bytes: [UInt8]) throws(DERFailure) {
        var outer = DERReader(bytes)
        if let claimed = Self.claimedOctets(bytes), claimed > ListLimits.maximumOctets {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumOctets), at: 0)
        }
        var list = try outer.readSequence()
        try outer.requireEnd()
        let signedPart = try list.read(.sequence)
        let outerAlgorithm = try Self.field(.sequence, in: &list) { (reader) throws(DERFailure) in
            try AlgorithmIdentifier(from: &reader)
        }
        let signature = try Self.field(.bitString, in: &list) { (reader) throws(DERFailure) in
            try reader.readBitStringOfOctets()
        }
        try list.requireEnd()

        var fields = try list.contents(of: signedPart)
        let isVersion2 = try Self.isVersion2(&fields)
        let algorithm = try Self.field(.sequence, in: &fields) { (reader) throws(DERFailure) in
            try AlgorithmIdentifier(from: &reader)
        }
        try AlgorithmIdentifier.requireSame(algorithm, outerAlgorithm, in: bytes)
        let issuerStart = fields.position
        let issuer = try Self.field(.sequence, in: &fields) { (reader) throws(DERFailure) in
            try DistinguishedName(from: &reader)
        }
        let issuerRange = issuerStart..<fields.position
        guard !issuer.canonical.isEmpty else { throw DERFailure(.emptyIssuer, at: issuerStart) }
        let thisUpdate = try Self.time(&fields)
        let hasNextUpdate = fields.nextTag == .utcTime || fields.nextTag == .generalizedTime
        let nextUpdate = hasNextUpdate ? try Self.time(&fields) : nil
        let revoked = try fields.readContentsIfPresent(.sequence)
        let extensions = try WholeListExtensions(from: &fields, isVersion2: isVersion2, issuer: Array(bytes[issuerRange]))
        let isIndirect = extensions.issuingDistributionPoint?.isIndirect ?? false
        var reader = WholeEntriesReader(
            isVersion2: isVersion2, isDelta: extensions.deltaBase != nil, isIndirect: isIndirect, issuer: issuer
        )
        if let revoked { try reader.read(revoked) }
        entries = reader.entries
        facts = RevocationListFacts(
            issuer: issuer, issuerRange: issuerRange, issuerOctets: Array(bytes[issuerRange]),
            thisUpdate: thisUpdate, nextUpdate: nextUpdate,
            number: extensions.number, authorityKeyIdentifier: extensions.authorityKeyIdentifier,
            deltaBase: extensions.deltaBase, issuingDistributionPoint: extensions.issuingDistributionPoint,
            support: extensions.support == .supported ? reader.support : extensions.support,
            otherIssuers: reader.otherIssuers, entryCount: reader.entries.count,
            signatureAlgorithm: Array(bytes[algorithm.range]), signatureValue: Array(bytes[signature]),
            signedPart: signedPart.range, octetCount: bytes.count
        )
    }

    private static func isVersion2(_ fields: inout DERReader) throws(DERFailure) -> Bool {
        guard fields.nextTag == .integer else { return false }
        let start = fields.position
        let version = try field(.integer, in: &fields) { (reader) throws(DERFailure) in try reader.readSmallInteger() }
        guard version == 1 else { throw DERFailure(.unsupportedVersion, at: start) }
        return true
    }

    private static func time(_ fields: inout DERReader) throws(DERFailure) -> UnixSeconds {
        let tag: DERTag = fields.nextTag == .generalizedTime ? .generalizedTime : .utcTime
        return try field(tag, in: &fields) { (reader) throws(DERFailure) in try reader.readTime() }
    }

    /// A field, unless it is larger than any may be.
    private static func field<Value>(
        _ tag: DERTag, in reader: inout DERReader, _ body: (inout DERReader) throws(DERFailure) -> Value
    ) throws(DERFailure) -> Value {
        var ahead = reader
        let start = reader.position
        guard try ahead.read(tag).range.count <= ListLimits.maximumFieldOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumFieldOctets), at: start)
        }
        return try body(&reader)
    }

    /// How long a list of more than 2 GiB or less than 4 says that it is.
    private static func claimedOctets(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 6, bytes[0] == 0x30, bytes[1] == 0x84, bytes[2] != 0 else { return nil }
        return bytes[2..<6].reduce(0) { $0 << 8 | Int($1) } + 6
    }
}

/// What the extensions of a list say about the whole of it.
private struct WholeListExtensions {
    private(set) var number: CRLNumber?
    private(set) var authorityKeyIdentifier: [UInt8]?
    private(set) var deltaBase: CRLNumber?
    private(set) var issuingDistributionPoint: IssuingDistributionPoint?
    private(set) var support = ListSupport.supported

    init(from fields: inout DERReader, isVersion2: Bool, issuer: [UInt8]) throws(DERFailure) {
        let start = fields.position
        guard let element = try fields.readIfPresent(.contextConstructed(0)) else {
            try fields.requireEnd()
            return
        }
        try fields.requireEnd()
        guard isVersion2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard element.contents.count <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        var wrapped = try fields.contents(of: element)
        let all = try CertificateExtension.list(from: &wrapped)
        try wrapped.requireEnd()
        for item in all { try interpret(item, DERReader(fields.bytes, in: item.value), issuer: issuer) }
        if deltaBase != nil, number == nil, support == .supported { support = .unsupported(.deltaWithoutNumber) }
    }

    private mutating func interpret(
        _ item: CertificateExtension, _ value: DERReader, issuer: [UInt8]
    ) throws(DERFailure) {
        switch item.identifier {
        case .cRLNumber:
            number = try CRLNumber(from: value)
            if item.isCritical, support == .supported { support = .unsupported(.criticalNumber) }
        case .authorityKeyIdentifier: authorityKeyIdentifier = try AuthorityKeyIdentifier.keyIdentifier(value)
        case .deltaCRLIndicator: deltaBase = try CRLNumber(from: value)
        case .issuingDistributionPoint: issuingDistributionPoint = try IssuingDistributionPoint(from: value, issuer: issuer)
        default:
            if item.isCritical, support == .supported { support = .unsupported(.unknownCriticalExtension(item.identifier)) }
        }
    }
}

/// The entries of a list of which everything else is known.
private struct WholeEntriesReader {
    let isVersion2: Bool
    let isDelta: Bool
    let isIndirect: Bool
    let issuer: DistinguishedName
    private(set) var entries: [WholeListReader.Entry] = []
    private(set) var otherIssuers: [DistinguishedName] = []
    private(set) var support = ListSupport.supported

    init(isVersion2: Bool, isDelta: Bool, isIndirect: Bool, issuer: DistinguishedName) {
        self.isVersion2 = isVersion2
        self.isDelta = isDelta
        self.isIndirect = isIndirect
        self.issuer = issuer
    }

    mutating func read(_ revoked: DERReader) throws(DERFailure) {
        var reader = revoked
        var current = [issuer]
        while !reader.isAtEnd {
            let start = reader.position
            var fields = try reader.readSequence()
            guard fields.end - fields.position <= ListLimits.maximumEntryOctets else {
                throw DERFailure(.tooLarge(limit: ListLimits.maximumEntryOctets), at: start)
            }
            let serial = try SerialNumber(from: &fields)
            let revokedAt = try fields.readTime()
            var reason = RevocationReason.unspecified
            if !fields.isAtEnd {
                let (stated, issuers) = try extensions(from: &fields)
                reason = stated
                if let issuers { current = issuers }
            }
            let entry = RevokedEntry(serial: serial, reason: reason, revokedAt: revokedAt)
            entries += current.map { WholeListReader.Entry(revoked: entry, issuer: $0) }
        }
    }

    private mutating func extensions(
        from fields: inout DERReader
    ) throws(DERFailure) -> (reason: RevocationReason, issuers: [DistinguishedName]?) {
        let start = fields.position
        guard isVersion2 else { throw DERFailure(.fieldForbiddenByVersion, at: start) }
        guard fields.end - start <= ListLimits.maximumExtensionOctets else {
            throw DERFailure(.tooLarge(limit: ListLimits.maximumExtensionOctets), at: start)
        }
        let all = try CertificateExtension.list(from: &fields)
        try fields.requireEnd()
        var reason = RevocationReason.unspecified
        var issuers: [DistinguishedName]?
        for item in all {
            let value = DERReader(fields.bytes, in: item.value)
            switch item.identifier {
            case .reasonCode: reason = try self.reason(value)
            case .invalidityDate: break
            case .certificateIssuer:
                if !isIndirect { refuse(.certificateIssuerInDirectList) }
                issuers = try self.issuers(value)
            default: if item.isCritical { refuse(.unknownCriticalEntryExtension(item.identifier)) }
            }
        }
        return (reason, issuers)
    }

    /// Each issuer once, in the order in which they are named.
    private mutating func issuers(_ value: DERReader) throws(DERFailure) -> [DistinguishedName] {
        var outer = value
        let names = try DistributionPointName.generalNames(outer.readSequence())
        try outer.requireEnd()
        var issuers: [DistinguishedName] = []
        for case .directory(let name) in names where !issuers.contains(name) { issuers.append(name) }
        guard !issuers.isEmpty else { throw DERFailure(.extensionInvalid(.certificateIssuer), at: value.position) }
        otherIssuers += issuers.filter { $0 != issuer && !otherIssuers.contains($0) }
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
        guard reason != .removeFromCRL || isDelta else { throw DERFailure(.removeFromCRLInFullList, at: start) }
        return reason
    }

    private mutating func refuse(_ cause: ListSupport.Cause) {
        if support == .supported { support = .unsupported(cause) }
    }
}

import DER
import PKITypes
import X509

/// The structure of a list around its entries: where each part ends, what it said, and what is wrong with it.
///
/// CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue } (RFC 5280 §5.1). Offsets are counted from
/// the first octet of the list.
struct ListOutline: Sendable {
    /// What comes next in a list.
    enum Phase: Sendable {
        case list, signedPart, version, algorithm, issuer, thisUpdate, nextUpdate, revoked, entries, extensions
        case outerAlgorithm, signature, end
    }

    var listEnd = Int.max
    var signedPart = 0..<0
    /// The AlgorithmIdentifier in the signed part, DER.
    var signedAlgorithm: [UInt8]?
    var version = ListVersion.v1
    /// The Name, DER.
    var issuerOctets: [UInt8] = []
    var issuer: (name: DistinguishedName, start: Int)?
    var thisUpdate: UnixSeconds?
    var nextUpdate: UnixSeconds?
    var entriesEnd = 0
    var entryReader: ListedEntryReader?
    var extensions: ListExtensions?
    var signatureValue: [UInt8] = []
    /// Not nil: what lies before it is not looked at, because something is wrong with what holds it.
    var skipsTo: Int?
    private(set) var failure: (cause: DERFailure, weight: Weight)?

    /// Of several failures the one with the least weight is told: outside before inside, and entries last, because the
    /// extensions say how to read them.
    enum Weight: Int, Comparable {
        case outside, versionOrAlgorithm, algorithmMismatch, header, extensions, entries

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    mutating func note(_ cause: DERFailure, _ weight: Weight) {
        if let failure, failure.weight <= weight { return }
        failure = (cause, weight)
    }

    /// Keeps a failure for the end, and says where the list can be read on; throws one that nothing can outweigh.
    mutating func fail(_ cause: DERFailure, in phase: Phase) throws(DERFailure) -> Phase {
        switch phase {
        case .list, .end: throw cause
        case .signedPart, .outerAlgorithm, .signature:
            note(cause, .outside)
            skipsTo = listEnd
            return .end
        case .version, .algorithm: note(cause, .versionOrAlgorithm)
        case .issuer, .thisUpdate, .nextUpdate, .revoked: note(cause, .header)
        case .extensions: note(cause, .extensions)
        case .entries:
            note(cause, .entries)
            skipsTo = entriesEnd
            return .extensions
        }
        skipsTo = signedPart.upperBound
        return .outerAlgorithm
    }

    /// What the extensions decide about the entries, which stand before them.
    mutating func judgeEntries() {
        guard let extensions, extensions.deltaBase == nil, let lifting = entryReader?.firstLifting else { return }
        // An entry that is malformed stands behind it: the first of them is told.
        if failure?.weight == .entries { failure = nil }
        note(DERFailure(.removeFromCRLInFullList, at: lifting), .entries)
    }

    /// Everything that the list said, once it is read to its end.
    func facts() throws(DERFailure) -> RevocationListFacts {
        if let failure { throw failure.cause }
        guard let issuer, let thisUpdate, let signedAlgorithm, let entryReader, let extensions else {
            preconditionFailure("a list without failures has every field")
        }
        let scope = extensions.issuingDistributionPoint
        let ofEntries = entryReader.support(isIndirect: scope?.isIndirect ?? false)
        return RevocationListFacts(
            issuer: issuer.name,
            issuerRange: issuer.start..<(issuer.start + issuerOctets.count),
            issuerOctets: issuerOctets,
            thisUpdate: thisUpdate,
            nextUpdate: nextUpdate,
            number: extensions.number,
            authorityKeyIdentifier: extensions.authorityKeyIdentifier,
            deltaBase: extensions.deltaBase,
            issuingDistributionPoint: scope,
            support: extensions.support == .supported ? ofEntries : extensions.support,
            otherIssuers: entryReader.issuers.others,
            entryCount: entryReader.count,
            signatureAlgorithm: signedAlgorithm,
            signatureValue: signatureValue,
            signedPart: signedPart,
            octetCount: listEnd
        )
    }
}

import DER
import FileSystem
import PKITypes
import RevocationLists
import VerificationCore

/// What a file of a list's table says besides the table: where the list came from, its facts, and its signature.
struct StoredListFacts {
    /// The file that held the list, as it was when the list was read; nil when nobody can tell it from a later one.
    let identity: FileIdentity?
    let source: String
    let anchorEntry: String
    /// Which of the lists of that file, and how many there were.
    let position: Int
    let listsOfFile: Int
    let facts: RevocationListFacts
    let nextUpdate: UnixSeconds
    let signature: ListSignature

    var encoded: [UInt8] {
        var writer = OctetWriter()
        writer.write(optional: identity) { writer, identity in
            writer.write(identity.device)
            writer.write(identity.inode)
            writer.write(identity.octets)
            writer.write(identity.modified)
            writer.write(identity.changed)
        }
        writer.write(source)
        writer.write(anchorEntry)
        writer.write(UInt32(position))
        writer.write(UInt32(listsOfFile))
        writer.write(facts)
        writer.write(nextUpdate.rawValue)
        writer.write(signature)
        return writer.octets
    }

    init(
        _ list: IndexedList, identity: FileIdentity?, position: Int, listsOfFile: Int
    ) {
        self.identity = identity
        source = list.source
        anchorEntry = list.anchorEntry
        self.position = position
        self.listsOfFile = listsOfFile
        facts = list.facts
        nextUpdate = list.nextUpdate
        signature = list.signature
    }

    init(_ octets: [UInt8]) throws(OctetReader.Failure) {
        var reader = OctetReader(octets)
        identity = try reader.readOptional { reader throws(OctetReader.Failure) in
            FileIdentity(
                device: try reader.read(), inode: try reader.read(), octets: try reader.read(), modified: try reader.read(),
                changed: try reader.read()
            )
        }
        source = try reader.readText()
        anchorEntry = try reader.readText()
        position = Int(try reader.read(UInt32.self))
        listsOfFile = Int(try reader.read(UInt32.self))
        facts = try reader.readFacts()
        nextUpdate = UnixSeconds(try reader.read())
        signature = try reader.readSignature()
        guard reader.isAtEnd else { throw OctetReader.Failure() }
    }
}

// MARK: - Parts

extension OctetWriter {
    fileprivate mutating func write(_ facts: RevocationListFacts) {
        write(facts.issuer)
        write(range: facts.issuerRange)
        write(facts.issuerOctets)
        write(facts.thisUpdate.rawValue)
        write(optional: facts.nextUpdate) { $0.write($1.rawValue) }
        write(optional: facts.number) { $0.write($1.octets) }
        write(optional: facts.authorityKeyIdentifier) { $0.write($1) }
        write(optional: facts.deltaBase) { $0.write($1.octets) }
        write(optional: facts.issuingDistributionPoint) { $0.write($1.encoded) }
        write(facts.support)
        write(UInt32(facts.otherIssuers.count))
        for issuer in facts.otherIssuers { write(issuer) }
        write(UInt64(facts.entryCount))
        write(facts.signatureAlgorithm)
        write(facts.signatureValue)
        write(range: facts.signedPart)
        write(UInt64(facts.octetCount))
    }

    private mutating func write(_ name: DistinguishedName) {
        write(name.canonical)
        write(name.display)
    }

    private mutating func write(range: Range<Int>) {
        write(UInt64(range.lowerBound))
        write(UInt64(range.upperBound))
    }

    private mutating func write(_ support: ListSupport) {
        switch support {
        case .supported: write(UInt8(0))
        case .unsupported(.unknownCriticalExtension(let identifier)):
            write(UInt8(1))
            write(identifier.octets)
        case .unsupported(.unknownCriticalEntryExtension(let identifier)):
            write(UInt8(2))
            write(identifier.octets)
        case .unsupported(.certificateIssuerInDirectList): write(UInt8(3))
        case .unsupported(.deltaWithoutNumber): write(UInt8(4))
        case .unsupported(.criticalNumber): write(UInt8(5))
        case .unsupported(.numberMissing): write(UInt8(6))
        case .unsupported(.certificateListedTwice): write(UInt8(7))
        }
    }

    fileprivate mutating func write(_ signature: ListSignature) {
        switch signature.covered {
        case .digest(let octets):
            write(UInt8(0))
            write(octets)
        case .message(let octets):
            write(UInt8(1))
            write(octets)
        }
        write(signature.algorithm)
        write(signature.value)
    }
}

extension OctetReader {
    fileprivate mutating func readFacts() throws(Failure) -> RevocationListFacts {
        let issuer = try readName()
        let issuerRange = try readRange()
        let issuerOctets = try readOctets()
        return RevocationListFacts(
            issuer: issuer,
            issuerRange: issuerRange,
            issuerOctets: issuerOctets,
            thisUpdate: UnixSeconds(try read()),
            nextUpdate: try readOptional { reader throws(Failure) in UnixSeconds(try reader.read()) },
            number: try readOptional { reader throws(Failure) in try reader.readNumber() },
            authorityKeyIdentifier: try readOptional { reader throws(Failure) in try reader.readOctets() },
            deltaBase: try readOptional { reader throws(Failure) in try reader.readNumber() },
            issuingDistributionPoint: try readOptional { reader throws(Failure) in try reader.readScope(issuer: issuerOctets) },
            support: try readSupport(),
            otherIssuers: try readNames(),
            entryCount: Int(truncatingIfNeeded: try read(UInt64.self)),
            signatureAlgorithm: try readOctets(),
            signatureValue: try readOctets(),
            signedPart: try readRange(),
            octetCount: Int(truncatingIfNeeded: try read(UInt64.self))
        )
    }

    private mutating func readName() throws(Failure) -> DistinguishedName {
        DistinguishedName(canonical: try readOctets(), display: try readText())
    }

    private mutating func readNames() throws(Failure) -> [DistinguishedName] {
        let count = try read(UInt32.self)
        guard count <= ListLimits.maximumOtherIssuers else { throw Failure() }
        var names: [DistinguishedName] = []
        for _ in 0..<count { names.append(try readName()) }
        return names
    }

    private mutating func readRange() throws(Failure) -> Range<Int> {
        let (low, high) = (Int(truncatingIfNeeded: try read(UInt64.self)), Int(truncatingIfNeeded: try read(UInt64.self)))
        guard 0 <= low, low <= high else { throw Failure() }
        return low..<high
    }

    private mutating func readNumber() throws(Failure) -> CRLNumber {
        guard let number = CRLNumber(octets: try readOctets()) else { throw Failure() }
        return number
    }

    private mutating func readScope(issuer: [UInt8]) throws(Failure) -> IssuingDistributionPoint {
        do { return try IssuingDistributionPoint(from: DERReader(try readOctets()), issuer: issuer) } catch { throw Failure() }
    }

    private mutating func readSupport() throws(Failure) -> ListSupport {
        switch try read(UInt8.self) {
        case 0: return .supported
        case 1: return .unsupported(.unknownCriticalExtension(try readIdentifier()))
        case 2: return .unsupported(.unknownCriticalEntryExtension(try readIdentifier()))
        case 3: return .unsupported(.certificateIssuerInDirectList)
        case 4: return .unsupported(.deltaWithoutNumber)
        case 5: return .unsupported(.criticalNumber)
        case 6: return .unsupported(.numberMissing)
        case 7: return .unsupported(.certificateListedTwice)
        default: throw Failure()
        }
    }

    private mutating func readIdentifier() throws(Failure) -> ObjectIdentifier {
        guard let identifier = ObjectIdentifier(contents: try readOctets()[...]) else { throw Failure() }
        return identifier
    }

    fileprivate mutating func readSignature() throws(Failure) -> ListSignature {
        let covered: ListSignature.Covered
        switch try read(UInt8.self) {
        case 0: covered = .digest(try readOctets())
        case 1: covered = .message(try readOctets())
        default: throw Failure()
        }
        return ListSignature(covered: covered, algorithm: try readOctets(), value: try readOctets())
    }
}

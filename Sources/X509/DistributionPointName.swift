import DER
import PKITypes

/// Under which names a distribution point publishes lists (DistributionPointName of RFC 5280 §4.2.1.13), in the form in which
/// the names of a certificate and those of a list are compared.
///
/// A name relative to the issuer of the list is kept as the whole directory name that it stands for, so that it matches the
/// same name written in full.
package struct DistributionPointName: Hashable, Sendable {
    package enum Name: Hashable, Sendable {
        case directory(DistinguishedName)
        /// Any other GeneralName, its DER: §6.3.3 (b) compares octets, nothing is normalised.
        case other([UInt8])
    }

    package let names: [Name]

    /// Bounds the work on a hostile certificate or list; one to three are usual.
    package static let maximumCount = 64

    package init(_ names: [Name]) { self.names = names }

    package func sharesName(with other: Self) -> Bool { names.contains { other.names.contains($0) } }
    package func contains(_ name: DistinguishedName) -> Bool { names.contains(.directory(name)) }

    /// - Parameters:
    ///   - wrapped: what the EXPLICIT tag around the CHOICE holds.
    ///   - base: the DER of the Name that a relative one continues; nil where RFC 5280 gives it no meaning.
    package init(from wrapped: DERReader, relativeTo base: [UInt8]?) throws(DERFailure) {
        var reader = wrapped
        let element = try reader.readElement()
        try reader.requireEnd()
        switch element.tag {
        case .contextConstructed(0): try self.init(Self.generalNames(reader.contents(of: element)))
        case .contextConstructed(1):
            guard let base, !element.contents.isEmpty else {
                throw DERFailure(.extensionInvalid(.cRLDistributionPoints), at: element.start)
            }
            do throws(DERFailure) {
                self.init([.directory(try Self.name(base, continuedBy: reader.bytes[element.contents]))])
            } catch {
                // Its own offset would be one in the name that was put together.
                throw DERFailure(error.reason, at: element.start)
            }
        default: throw DERFailure(.extensionInvalid(.cRLDistributionPoints), at: element.start)
        }
    }

    /// The elements of GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName, whatever tag stands around them.
    package static func generalNames(_ contents: DERReader) throws(DERFailure) -> [Name] {
        var reader = contents
        guard !reader.isAtEnd else { throw DERFailure(.emptySequence, at: reader.position) }
        var names: [Name] = []
        while !reader.isAtEnd {
            guard names.count < maximumCount else { throw DERFailure(.tooMany(limit: maximumCount), at: reader.position) }
            let element = try reader.readElement()
            guard element.tag.tagClass == .contextSpecific, element.tag.number <= 8 else {
                throw DERFailure(.textInvalid, at: element.start)
            }
            if element.tag == .contextConstructed(4) {
                var name = try reader.contents(of: element)
                names.append(.directory(try DistinguishedName(from: &name)))
                try name.requireEnd()
            } else {
                names.append(.other(Array(reader.bytes[element.range])))
            }
        }
        return names
    }

    /// `base` with one more relative name: the octets inside `[1] IMPLICIT RelativeDistinguishedName`.
    private static func name(_ base: [UInt8], continuedBy relative: ArraySlice<UInt8>) throws(DERFailure) -> DistinguishedName {
        var outer = DERReader(base)
        let contents = try outer.read(.sequence).contents
        let whole = element(.sequence, Array(base[contents]) + element(.set, Array(relative)))
        var reader = DERReader(whole)
        return try DistinguishedName(from: &reader)
    }

    private static func element(_ tag: DERTag, _ contents: [UInt8]) -> [UInt8] {
        guard contents.count >= 0x80 else { return [tag.rawValue, UInt8(contents.count)] + contents }
        var length: [UInt8] = []
        var rest = contents.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        return [tag.rawValue, 0x80 | UInt8(length.count)] + length + contents
    }
}

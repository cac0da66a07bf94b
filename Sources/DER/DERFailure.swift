/// Why bytes could not be read as DER, or as the X.509 structure they claim to be, and at which offset.
///
/// One type for certificates and lists: whoever meets it refuses the whole object, and only people read the difference.
package struct DERFailure: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        // X.690: the encoding itself
        case truncated
        case trailingBytes
        case unexpectedTag(expected: DERTag, found: DERTag)
        case unexpectedEnd(expected: DERTag)
        case highTagNumber
        case indefiniteLength
        case lengthNotMinimal
        case lengthTooLong
        case tooDeep
        case booleanInvalid
        case integerInvalid
        case integerOutOfRange
        case bitStringInvalid
        case nullInvalid
        case objectIdentifierInvalid
        case timeInvalid
        case textInvalid

        // RFC 5280: what X.509 structures allow
        case emptySequence
        case tooLarge(limit: Int)
        case tooMany(limit: Int)
        case unsupportedVersion
        case fieldForbiddenByVersion
        case serialNumberTooLong
        case signatureAlgorithmMismatch
        case emptyIssuer
        case duplicateExtension(ObjectIdentifier)
        case extensionInvalid(ObjectIdentifier)
        case reasonCodeInvalid
        case removeFromCRLInFullList
    }

    package let reason: Reason
    package let offset: Int

    @inlinable package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

extension DERFailure {
    /// Nothing is malformed: there is more of it than this gateway reads.
    package var isOverLimit: Bool {
        switch reason {
        case .tooLarge, .tooMany: true
        default: false
        }
    }
}

extension DERFailure: CustomStringConvertible {
    package var description: String { "\(reason.text) at offset \(offset)" }
}

extension DERFailure.Reason {
    /// One clause for people.
    fileprivate var text: String {
        switch self {
        case .truncated: "an element is longer than what holds it"
        case .trailingBytes: "bytes follow the end of the structure"
        case .unexpectedTag(let expected, let found):
            "expected tag 0x\(Self.hex(expected)), found 0x\(Self.hex(found))"
        case .unexpectedEnd(let expected): "expected tag 0x\(Self.hex(expected)), found the end"
        case .highTagNumber: "a tag number above 30"
        case .indefiniteLength: "an indefinite length"
        case .lengthNotMinimal: "a length that is not in its shortest form"
        case .lengthTooLong: "a length of more than four octets"
        case .tooDeep: "structures nested too deeply"
        case .booleanInvalid: "a BOOLEAN other than 00 or FF"
        case .integerInvalid: "an INTEGER that is empty or not in its shortest form"
        case .integerOutOfRange: "an INTEGER out of range"
        case .bitStringInvalid: "a malformed BIT STRING"
        case .nullInvalid: "a NULL with contents"
        case .objectIdentifierInvalid: "a malformed OBJECT IDENTIFIER"
        case .timeInvalid: "a time that RFC 5280 does not allow"
        case .textInvalid: "text with octets that its type does not allow"
        case .emptySequence: "an empty structure where RFC 5280 wants at least one item"
        case .tooLarge(let limit): "more than \(limit) octets"
        case .tooMany(let limit): "more than \(limit) items"
        case .unsupportedVersion: "an unknown version"
        case .fieldForbiddenByVersion: "a field that the version does not have"
        case .serialNumberTooLong: "a serial number that is too long"
        case .signatureAlgorithmMismatch: "the signed and the outer signature algorithm differ"
        case .emptyIssuer: "an empty issuer name"
        case .duplicateExtension(let identifier): "the extension \(identifier) twice"
        case .extensionInvalid(let identifier): "a malformed extension \(identifier)"
        case .reasonCodeInvalid: "an unknown revocation reason"
        case .removeFromCRLInFullList: "removeFromCRL in a list that is not a delta"
        }
    }

    private static func hex(_ tag: DERTag) -> String { String(tag.rawValue, radix: 16) }
}

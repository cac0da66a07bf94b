/// The primitive types of X.509, each in the one encoding that DER allows (X.690 §8, §10, §11).
extension DERReader {
    package mutating func readBoolean() throws(DERFailure) -> Bool {
        let element = try read(.boolean)
        guard element.contents.count == 1 else { throw DERFailure(.booleanInvalid, at: element.start) }
        switch bytes[element.contents.lowerBound] {
        case 0x00: return false
        case 0xff: return true
        default: throw DERFailure(.booleanInvalid, at: element.start)
        }
    }

    /// A BOOLEAN DEFAULT FALSE. DER leaves FALSE out; certificates in the field spell it, which changes no meaning, so it
    /// is read as what it says (as mozilla::pkix and webpki do).
    package mutating func readBooleanDefaultFalse() throws(DERFailure) -> Bool {
        nextTag == .boolean ? try readBoolean() : false
    }

    /// The content octets of an INTEGER in its shortest form, of any size and sign.
    package mutating func readInteger(_ tag: DERTag = .integer) throws(DERFailure) -> Range<Int> {
        let element = try read(tag)
        let contents = element.contents
        guard let first = bytes[contents].first else { throw DERFailure(.integerInvalid, at: element.start) }
        if contents.count > 1 {
            let nextIsHigh = bytes[contents.lowerBound + 1] & 0x80 != 0
            let isPadded = (first == 0x00 && !nextIsHigh) || (first == 0xff && nextIsHigh)
            guard !isPadded else { throw DERFailure(.integerInvalid, at: element.start) }
        }
        return contents
    }

    /// An INTEGER (or ENUMERATED) from 0 to 2³¹ − 1: versions, path lengths, reason codes.
    package mutating func readSmallInteger(_ tag: DERTag = .integer) throws(DERFailure) -> Int {
        let start = position
        let contents = try readInteger(tag)
        guard contents.count <= 4, bytes[contents.lowerBound] & 0x80 == 0 else {
            throw DERFailure(.integerOutOfRange, at: start)
        }
        var value = 0
        for offset in contents { value = value << 8 | Int(bytes[offset]) }
        return value
    }

    package mutating func readNull() throws(DERFailure) {
        let element = try read(.null)
        guard element.contents.isEmpty else { throw DERFailure(.nullInvalid, at: element.start) }
    }

    package mutating func readOctetString() throws(DERFailure) -> Range<Int> { try read(.octetString).contents }

    package mutating func readObjectIdentifier() throws(DERFailure) -> ObjectIdentifier {
        try objectIdentifier(in: read(.objectIdentifier))
    }

    /// The OBJECT IDENTIFIER that an element holds whatever its tag (an IMPLICIT one, as in GeneralName).
    package func objectIdentifier(in element: DERElement) throws(DERFailure) -> ObjectIdentifier {
        guard let identifier = ObjectIdentifier(contents: bytes[element.contents]) else {
            throw DERFailure(.objectIdentifierInvalid, at: element.start)
        }
        return identifier
    }

    package mutating func readBitString() throws(DERFailure) -> DERBitString {
        let element = try read(.bitString)
        let contents = element.contents
        guard let unusedBits = bytes[contents].first, unusedBits <= 7 else {
            throw DERFailure(.bitStringInvalid, at: element.start)
        }
        let octets = (contents.lowerBound + 1)..<contents.upperBound
        if octets.isEmpty {
            guard unusedBits == 0 else { throw DERFailure(.bitStringInvalid, at: element.start) }
        } else {
            let unusedMask = UInt8(1) << unusedBits &- 1
            guard bytes[octets.upperBound - 1] & unusedMask == 0 else {
                throw DERFailure(.bitStringInvalid, at: element.start)
            }
        }
        return DERBitString(octets: octets, unusedBits: unusedBits)
    }

    /// A BIT STRING that holds whole octets: a signature, a public key.
    package mutating func readBitStringOfOctets() throws(DERFailure) -> Range<Int> {
        let start = position
        let bits = try readBitString()
        guard bits.unusedBits == 0 else { throw DERFailure(.bitStringInvalid, at: start) }
        return bits.octets
    }
}

/// A BIT STRING: the octets that hold its bits, most significant first, and how many of the last are not part of it.
package struct DERBitString: Hashable, Sendable {
    package let octets: Range<Int>
    package let unusedBits: UInt8
}

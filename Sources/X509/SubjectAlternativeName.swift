import DER
import PKITypes

/// One name of a subjectAlternativeName extension, typed: names are never joined into text and taken apart again.
package enum SubjectAlternativeName: Hashable, Sendable {
    case uri(String)
    case dns(String)
    case rfc822(String)
    /// Four or sixteen octets in network order.
    case ip([UInt8])
    case directoryName(DistinguishedName)
    case registeredID(ObjectIdentifier)
    /// `value` is the whole DER element inside the EXPLICIT tag.
    case otherName(type: ObjectIdentifier, value: [UInt8])
    /// x400Address or ediPartyName, which nothing here reads; the number of its GeneralName choice.
    case other(choice: UInt8)

    /// Bounds the work on a hostile certificate; device certificates carry one to three.
    package static let maximumCount = 256

    /// GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName (RFC 5280 §4.2.1.6), with nothing after it.
    package static func list(from extensionValue: DERReader) throws(DERFailure) -> [SubjectAlternativeName] {
        var outer = extensionValue
        var reader = try outer.readSequence()
        try outer.requireEnd()
        guard !reader.isAtEnd else { throw DERFailure(.emptySequence, at: reader.position) }
        var names: [SubjectAlternativeName] = []
        while !reader.isAtEnd {
            guard names.count < maximumCount else { throw DERFailure(.tooMany(limit: maximumCount), at: reader.position) }
            names.append(try one(from: &reader))
        }
        return names
    }

    private static func one(from reader: inout DERReader) throws(DERFailure) -> SubjectAlternativeName {
        let element = try reader.readElement()
        switch element.tag {
        case .contextConstructed(0): return try otherName(reader.contents(of: element))
        case .contextPrimitive(1): return .rfc822(try ia5Text(element, in: reader))
        case .contextPrimitive(2): return .dns(try ia5Text(element, in: reader))
        case .contextConstructed(3): return .other(choice: 3)
        case .contextConstructed(4):
            var contents = try reader.contents(of: element)
            let name = try DistinguishedName(from: &contents)
            try contents.requireEnd()
            return .directoryName(name)
        case .contextConstructed(5): return .other(choice: 5)
        case .contextPrimitive(6): return .uri(try ia5Text(element, in: reader))
        case .contextPrimitive(7):
            guard element.contents.count == 4 || element.contents.count == 16 else {
                throw DERFailure(.extensionInvalid(.subjectAlternativeName), at: element.start)
            }
            return .ip(Array(reader.bytes[element.contents]))
        case .contextPrimitive(8): return .registeredID(try reader.objectIdentifier(in: element))
        default: throw DERFailure(.extensionInvalid(.subjectAlternativeName), at: element.start)
        }
    }

    private static func otherName(_ contents: DERReader) throws(DERFailure) -> SubjectAlternativeName {
        var contents = contents
        let type = try contents.readObjectIdentifier()
        var wrapped = try contents.readContents(.contextConstructed(0))
        try contents.requireEnd()
        let value = try wrapped.readElement()
        try wrapped.requireEnd()
        return .otherName(type: type, value: Array(wrapped.bytes[value.range]))
    }

    /// An IA5String without control characters: a NUL or an escape in a name is an attack, whoever reads it next.
    private static func ia5Text(_ element: DERElement, in reader: DERReader) throws(DERFailure) -> String {
        let octets = reader.bytes[element.contents]
        guard octets.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { throw DERFailure(.textInvalid, at: element.start) }
        return String(decoding: octets, as: UTF8.self)
    }
}

import DER
import PKITypes

/// The nameConstraints extension of an authority: where the names of everybody below it must lie (RFC 5280 §4.2.1.10).
package struct NameConstraints: Hashable, Sendable {
    package let permitted: [ConstrainedName]
    package let excluded: [ConstrainedName]

    /// Of both kinds together: ten times what the most constrained authorities in the field have.
    package static let maximumSubtrees = 1_024

    /// NameConstraints ::= SEQUENCE { permittedSubtrees [0] OPTIONAL, excludedSubtrees [1] OPTIONAL }; not both absent.
    package init(from extensionValue: DERReader) throws(DERFailure) {
        var outer = extensionValue
        var fields = try outer.readSequence()
        try outer.requireEnd()
        guard !fields.isAtEnd else { throw DERFailure(.emptySequence, at: fields.position) }
        permitted = try Self.subtrees(fields.readContentsIfPresent(.contextConstructed(0)), atMost: Self.maximumSubtrees)
        let left = Self.maximumSubtrees - permitted.count
        excluded = try Self.subtrees(fields.readContentsIfPresent(.contextConstructed(1)), atMost: left)
        try fields.requireEnd()
    }

    /// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree.
    private static func subtrees(_ contents: DERReader?, atMost limit: Int) throws(DERFailure) -> [ConstrainedName] {
        guard var contents else { return [] }
        guard !contents.isAtEnd else { throw DERFailure(.emptySequence, at: contents.position) }
        var subtrees: [ConstrainedName] = []
        while !contents.isAtEnd {
            guard subtrees.count < limit else { throw DERFailure(.tooMany(limit: maximumSubtrees), at: contents.position) }
            subtrees.append(try ConstrainedName(from: &contents))
        }
        return subtrees
    }
}

/// The base of a subtree of names.
package enum ConstrainedName: Hashable, Sendable {
    case rfc822([UInt8])
    case dns([UInt8])
    case uri([UInt8])
    case directoryName(DistinguishedName)
    case ip(address: [UInt8], mask: [UInt8])
    /// A subtree that cannot be applied: a form that nothing here reads, a malformed base, or one with a minimum or maximum,
    /// which RFC 5280 does not use. Whoever has a name of the form is refused.
    case inapplicable(NameForm)

    package var form: NameForm {
        switch self {
        case .rfc822: .rfc822
        case .dns: .dns
        case .uri: .uri
        case .directoryName: .directoryName
        case .ip: .ip
        case .inapplicable(let form): form
        }
    }

    /// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }.
    init(from reader: inout DERReader) throws(DERFailure) {
        var fields = try reader.readSequence()
        let element = try fields.readElement()
        let base = try Self.base(element, in: fields)
        let hasDistances = !fields.isAtEnd
        if hasDistances {
            _ = try fields.readIfPresent(.contextPrimitive(0))
            _ = try fields.readIfPresent(.contextPrimitive(1))
            try fields.requireEnd()
        }
        self = hasDistances ? .inapplicable(base.form) : base
    }

    private static func base(_ element: DERElement, in reader: DERReader) throws(DERFailure) -> ConstrainedName {
        let octets = reader.bytes[element.contents]
        switch element.tag {
        case .contextPrimitive(1): return .rfc822(Array(octets))
        case .contextPrimitive(2): return .dns(Array(octets))
        case .contextPrimitive(6): return .uri(Array(octets))
        case .contextPrimitive(7): return addressRange(octets)
        case .contextConstructed(4):
            var contents = try reader.contents(of: element)
            let name = try DistinguishedName(from: &contents)
            try contents.requireEnd()
            return .directoryName(name)
        case .contextConstructed(0): return .inapplicable(.otherName)
        case .contextConstructed(3): return .inapplicable(.x400Address)
        case .contextConstructed(5): return .inapplicable(.ediPartyName)
        case .contextPrimitive(8): return .inapplicable(.registeredID)
        default: throw DERFailure(.extensionInvalid(.nameConstraints), at: element.start)
        }
    }

    /// An address and a mask "in the style of RFC 4632": ones, then zeros.
    private static func addressRange(_ octets: ArraySlice<UInt8>) -> ConstrainedName {
        guard octets.count == 8 || octets.count == 32 else { return .inapplicable(.ip) }
        let mask = Array(octets.suffix(octets.count / 2))
        let ones = mask.prefix { $0 == 0xff }.count
        let rest = mask.dropFirst(ones)
        let isContiguous = rest.first.map { (~$0 & (~$0 &+ 1)) == 0 } ?? true
        guard isContiguous, rest.dropFirst().allSatisfy({ $0 == 0 }) else { return .inapplicable(.ip) }
        return .ip(address: Array(octets.prefix(octets.count / 2)), mask: mask)
    }
}

/// The forms of names in GeneralName (RFC 5280 §4.2.1.6).
package enum NameForm: String, Hashable, Sendable, CaseIterable {
    case otherName, rfc822, dns, x400Address, directoryName, ediPartyName, uri, ip, registeredID
}

extension SubjectAlternativeName {
    package var form: NameForm {
        switch self {
        case .uri: .uri
        case .dns: .dns
        case .rfc822: .rfc822
        case .ip: .ip
        case .directoryName: .directoryName
        case .registeredID: .registeredID
        case .otherName: .otherName
        case .other(let choice): choice == 3 ? .x400Address : .ediPartyName
        }
    }
}

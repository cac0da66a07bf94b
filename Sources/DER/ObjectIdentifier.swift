/// An ASN.1 OBJECT IDENTIFIER, compared by its content octets. They lie in machine words, so that none costs an
/// allocation or a reference count.
package struct ObjectIdentifier: Hashable, Sendable {
    /// Windows certificate templates, the longest in the field, have about forty.
    package static let maximumOctets = 48

    /// The octets from the first on, most significant first; zero beyond the last.
    private var words: InlineWords
    private let count: UInt8

    private struct InlineWords: Hashable, Sendable {
        var first: UInt64 = 0
        var second: UInt64 = 0
        var third: UInt64 = 0
        var fourth: UInt64 = 0
        var fifth: UInt64 = 0
        var sixth: UInt64 = 0

        subscript(position: Int) -> UInt64 {
            get {
                switch position {
                case 0: first
                case 1: second
                case 2: third
                case 3: fourth
                case 4: fifth
                default: sixth
                }
            }
            set {
                switch position {
                case 0: first = newValue
                case 1: second = newValue
                case 2: third = newValue
                case 3: fourth = newValue
                case 4: fifth = newValue
                default: sixth = newValue
                }
            }
        }
    }

    /// Nil unless the octets are the contents of an OBJECT IDENTIFIER: complete arcs, each in its shortest form.
    package init?(contents octets: ArraySlice<UInt8>) {
        guard !octets.isEmpty, octets.count <= Self.maximumOctets else { return nil }
        var startsArc = true
        var arcBits = 0
        for octet in octets {
            if startsArc {
                guard octet != 0x80 else { return nil }
                arcBits = 7 - (octet & 0x7f).leadingZeroBitCount + 1
            } else {
                arcBits += 7
            }
            guard arcBits <= Self.maximumArcBits else { return nil }
            startsArc = octet & 0x80 == 0
        }
        guard startsArc else { return nil }
        self.init(validated: octets)
    }

    /// Dotted text, `1.3.6.1.5.5.7.3.2`; nil when it is not that.
    package init?(dotted text: String) {
        var arcs: [UInt128] = []
        for part in text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard let first = part.first, part.count == 1 || first != UInt8(ascii: "0"),
                part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let arc = UInt128(Substring(part))
            else { return nil }
            arcs.append(arc)
        }
        guard arcs.count >= 2, arcs[0] <= 2, arcs[0] == 2 || arcs[1] < 40, arcs[1] <= UInt128.max - 80 else { return nil }
        let subidentifiers = [arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2)
        let octets = subidentifiers.flatMap(Self.octets)[...]
        guard octets.count <= Self.maximumOctets else { return nil }
        self.init(validated: octets)
    }

    /// For the constants of this program, which are right or a mistake of ours.
    init(_ dotted: StaticString) {
        guard let identifier = Self(dotted: "\(dotted)") else { preconditionFailure("not an object identifier: \(dotted)") }
        self = identifier
    }

    private init(validated octets: ArraySlice<UInt8>) {
        words = InlineWords()
        count = UInt8(octets.count)
        var word: UInt64 = 0
        var position = 0
        for octet in octets {
            word = word << 8 | UInt64(octet)
            position += 1
            guard position % 8 == 0 else { continue }
            words[position / 8 - 1] = word
            word = 0
        }
        if position % 8 != 0 { words[position / 8] = word << UInt64((8 - position % 8) * 8) }
    }

    /// The content octets of its DER encoding.
    package var octets: [UInt8] {
        var octets: [UInt8] = []
        appendOctets(to: &octets)
        return octets
    }

    package func appendOctets(to buffer: inout [UInt8]) {
        for position in 0..<Int(count) {
            buffer.append(UInt8(truncatingIfNeeded: words[position / 8] >> UInt64(56 - position % 8 * 8)))
        }
    }

    package var octetCount: Int { Int(count) }

    /// The widest arc in use is a UUID under 2.25. A wider one would not fit the word it is written out from, and two
    /// identifiers must not read alike.
    private static let maximumArcBits = 128

    private static func octets(of subidentifier: UInt128) -> [UInt8] {
        var groups = [UInt8(truncatingIfNeeded: subidentifier & 0x7f)]
        var rest = subidentifier >> 7
        while rest > 0 {
            groups.append(UInt8(truncatingIfNeeded: rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return groups.reversed()
    }
}

extension ObjectIdentifier: CustomStringConvertible {
    /// The arcs in decimal, joined by dots.
    package var description: String {
        var arcs: [UInt128] = []
        var arc: UInt128 = 0
        for octet in octets {
            arc = arc << 7 | UInt128(octet & 0x7f)
            guard octet & 0x80 == 0 else { continue }
            if arcs.isEmpty {
                let root = min(arc / 40, 2)
                arcs = [root, arc - root * 40]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return arcs.map(String.init).joined(separator: ".")
    }
}

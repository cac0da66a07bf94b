/// An ASN.1 OBJECT IDENTIFIER, compared by its content octets.
///
/// Up to sixteen octets lie in two machine words, so that the usual ones cost no allocation; longer ones (Windows
/// certificate templates, `2.25.<uuid>`) are held as an array.
package struct ObjectIdentifier: Hashable, Sendable {
    /// Twice what the longest ones seen in the field need.
    package static let maximumOctets = 96
    private static let inlineOctets = 16

    private let high: UInt64
    private let low: UInt64
    private let count: UInt8
    private let long: [UInt8]

    /// Nil unless the octets are the contents of an OBJECT IDENTIFIER: complete arcs, each in its shortest form.
    package init?(contents octets: some Collection<UInt8>) {
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
        let octets = subidentifiers.flatMap(Self.octets)
        guard octets.count <= Self.maximumOctets else { return nil }
        self.init(validated: octets)
    }

    /// For the constants of this program, which are right or a mistake of ours.
    init(_ dotted: StaticString) {
        guard let identifier = Self(dotted: "\(dotted)") else { preconditionFailure("not an object identifier: \(dotted)") }
        self = identifier
    }

    private init(validated octets: some Collection<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        if octets.count <= Self.inlineOctets {
            for octet in octets {
                high = high << 8 | low >> 56
                low = low << 8 | UInt64(octet)
            }
            long = []
        } else {
            long = Array(octets)
        }
        self.high = high
        self.low = low
        count = UInt8(octets.count)
    }

    /// The content octets of its DER encoding.
    package var octets: [UInt8] {
        guard long.isEmpty else { return long }
        let all = [high, low].flatMap { word in (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (UInt64($0) * 8)) } }
        return Array(all.suffix(Int(count)))
    }

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

import PKITypes
import VerificationCore

/// A time zone as the system's database holds it (TZif, RFC 9636).
package struct ZoneFile: Sendable {
    private let first: Int64
    private let changes: [ZoneOffsets.Change]
    /// What holds after the last change.
    private let rule: ZoneRule?

    private struct Header {
        let isVersioned: Bool
        let utcMarks, standardMarks, leapSeconds, times, types, designations: Int

        /// §3.1. Nil where the octets begin otherwise.
        init?(_ reader: inout OctetReader) {
            guard reader.take(4).elementsEqual("TZif".utf8), let version = reader.integer(octets: 1) else { return nil }
            _ = reader.take(15)
            let counts = (0..<6).compactMap { _ in reader.integer(octets: 4).map { Int($0 & 0xFFFF_FFFF) } }
            guard counts.count == 6 else { return nil }
            isVersioned = version != 0
            (utcMarks, standardMarks, leapSeconds) = (counts[0], counts[1], counts[2])
            (times, types, designations) = (counts[3], counts[4], counts[5])
        }

        func blockOctets(perTime: Int) -> Int {
            times * (perTime + 1) + types * 6 + designations + leapSeconds * (perTime + 4) + standardMarks + utcMarks
        }
    }

    /// Nil for what is no such file, for one without 64-bit times, and for one that counts leap seconds.
    package init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let old = Header(&reader), old.isVersioned else { return nil }
        // The block of 32-bit times, which the one behind it replaces.
        _ = reader.take(old.blockOctets(perTime: 4))
        guard let header = Header(&reader), header.leapSeconds == 0, reader.rest.count >= header.blockOctets(perTime: 8) else {
            return nil
        }
        let moments = (0..<header.times).compactMap { _ in reader.integer(octets: 8) }
        let kinds = reader.take(header.times)
        let offsets = (0..<header.types).compactMap { _ -> Int64? in
            let offset = reader.integer(octets: 4)
            _ = reader.take(2)
            return offset
        }
        _ = reader.take(header.designations + header.standardMarks + header.utcMarks)
        guard let first = offsets.first, kinds.allSatisfy({ $0 < offsets.count }) else { return nil }
        // §3.3: the text between two line feeds; an empty one says that nothing is known of later years.
        let footer = reader.rest.split(separator: 10, omittingEmptySubsequences: false)
        guard footer.count == 3, let text = String(validating: footer[1], as: UTF8.self) else { return nil }
        rule = ZoneRule(text)
        guard text.isEmpty || rule != nil else { return nil }
        self.first = first
        changes = zip(moments, kinds).map { ZoneOffsets.Change(moment: UnixSeconds($0), offset: offsets[Int($1)]) }
    }

    /// The table for these years, in UTC.
    package func offsets(in years: Range<Int>) -> ZoneOffsets {
        let last = changes.last?.moment ?? UnixSeconds(.min)
        // The year before says in which half of the rule the first one begins.
        let ruled = (years.lowerBound - 1..<years.upperBound).flatMap { rule?.changes(in: $0) ?? [] }.filter { $0.moment > last }
        let (from, to) = (UnixSeconds.start(of: years.lowerBound), UnixSeconds.start(of: years.upperBound))
        var (begin, known) = (changes.isEmpty ? rule?.standard ?? first : first, [ZoneOffsets.Change]())
        for change in changes + ruled where change.moment < to {
            // Some change the name of the time alone.
            if change.moment <= from {
                begin = change.offset
            } else if change.offset != known.last?.offset ?? begin {
                known.append(change)
            }
        }
        return ZoneOffsets(first: begin, changes: known)
    }
}

/// Octets that are read once, from the front; numbers in network order.
private struct OctetReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { rest = octets[...] }

    /// Empty when there are not so many.
    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        guard count <= rest.count else { return [] }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// In two's complement.
    mutating func integer(octets count: Int) -> Int64? {
        let taken = take(count)
        guard taken.count == count else { return nil }
        let sign: UInt64 = taken.first.map { $0 >= 0x80 } == true ? .max : 0
        return Int64(bitPattern: taken.reduce(sign) { $0 << 8 | UInt64($1) })
    }
}

import PKITypes
import RevocationLists
import VerificationCore

/// The newest list that was ever accepted of each issuer, scope and key: what comes after it must not be older, lest a revoked
/// certificate be good again.
package struct HighWaterMarks: Hashable, Sendable {
    fileprivate struct Lineage: Hashable {
        let anchorEntry: String
        let issuer: [UInt8]
        let scope: [UInt8]?
        let authorityKeyIdentifier: [UInt8]?
        let isDelta: Bool
    }

    /// Of one lineage.
    package struct Mark: Hashable, Sendable {
        package let number: CRLNumber?
        package let thisUpdate: UnixSeconds

        /// By number where both have one (RFC 5280 §5.2.3), else by thisUpdate.
        func isNewer(than other: Self) -> Bool {
            if let number, let otherNumber = other.number, number != otherNumber { return number > otherNumber }
            return thisUpdate > other.thisUpdate
        }
    }

    private static let version: UInt32 = 1
    private var marks: [Lineage: Mark] = [:]

    package init() {}

    /// Takes note of lists that serve now. One that is not proven may be anybody's.
    package mutating func raise(by lists: [IndexedList]) {
        for list in lists where list.isProven {
            let mark = Mark(list)
            guard let known = marks[Lineage(list)] else {
                marks[Lineage(list)] = mark
                continue
            }
            if mark.isNewer(than: known) { marks[Lineage(list)] = mark }
        }
    }

    /// What was accepted before, where the newest list of its kind among `lists` is older than that.
    package func mark(above list: IndexedList, among lists: [IndexedList]) -> Mark? {
        let lineage = Lineage(list)
        guard let mark = marks[lineage] else { return nil }
        let reaches = lists.contains { Lineage($0) == lineage && !mark.isNewer(than: Mark($0)) }
        return reaches ? nil : mark
    }

    // MARK: - In a file

    package var encoded: [UInt8] {
        var writer = OctetWriter()
        writer.write(Self.version)
        writer.write(UInt32(marks.count))
        for (lineage, mark) in marks {
            writer.write(lineage.anchorEntry)
            writer.write(lineage.issuer)
            writer.write(optional: lineage.scope) { $0.write($1) }
            writer.write(optional: lineage.authorityKeyIdentifier) { $0.write($1) }
            writer.write(UInt8(lineage.isDelta ? 1 : 0))
            writer.write(optional: mark.number) { $0.write($1.octets) }
            writer.write(mark.thisUpdate.rawValue)
        }
        writer.write(writer.octets.withUnsafeBytes(SectionChecksum.of))
        return writer.octets
    }

    /// Nil when these are not octets that were once encoded.
    package init?(_ octets: [UInt8]) {
        let sum = MemoryLayout<UInt64>.size
        guard octets.count > sum else { return nil }
        let contents = Array(octets.dropLast(sum))
        do throws(OctetReader.Failure) {
            var checksum = OctetReader(octets, from: contents.count)
            guard try checksum.read(UInt64.self) == contents.withUnsafeBytes(SectionChecksum.of) else { return nil }
            var reader = OctetReader(contents)
            guard try reader.read(UInt32.self) == Self.version else { return nil }
            for _ in 0..<(try reader.read(UInt32.self)) {
                let lineage = Lineage(
                    anchorEntry: try reader.readText(),
                    issuer: try reader.readOctets(),
                    scope: try reader.readOptional { reader throws(OctetReader.Failure) in try reader.readOctets() },
                    authorityKeyIdentifier: try reader.readOptional { reader throws(OctetReader.Failure) in
                        try reader.readOctets()
                    },
                    isDelta: try reader.read(UInt8.self) == 1
                )
                let octets = try reader.readOptional { reader throws(OctetReader.Failure) in try reader.readOctets() }
                let number = octets.flatMap { CRLNumber(octets: $0) }
                marks[lineage] = Mark(number: number, thisUpdate: UnixSeconds(try reader.read()))
            }
            guard reader.isAtEnd else { return nil }
        } catch {
            return nil
        }
    }
}

extension HighWaterMarks.Lineage {
    fileprivate init(_ list: IndexedList) {
        self.init(
            anchorEntry: list.anchorEntry, issuer: list.issuer.canonical, scope: list.scope?.encoded,
            authorityKeyIdentifier: list.authorityKeyIdentifier, isDelta: list.deltaBase != nil
        )
    }
}

extension HighWaterMarks.Mark {
    package init(_ list: IndexedList) { self.init(number: list.number, thisUpdate: list.thisUpdate) }
}

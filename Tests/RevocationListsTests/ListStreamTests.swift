import DER
import DERTesting
import FuzzProperties
import PKITypes
import RevocationLists
import Testing

/// Held against the plainest reader there is, in pieces of every size. The corpora of the fuzzers and NIST's lists are held
/// against it, too, each in its own room.
@Suite("A list that is read as a stream") struct ListStreamTests {
    private static let ward = Encode.name([("2.5.4.3", Encode.utf8("Ward CA"))])

    private static func issuer(_ names: String...) -> [UInt8] {
        let directories = names.flatMap { Encode.explicit(4, Encode.name([("2.5.4.3", Encode.utf8($0))])) }
        return Encode.extensionItem("2.5.29.29", critical: true, Encode.sequence(directories))
    }

    private static let invalidity = Encode.extensionItem("2.5.29.24", Encode.generalizedTime("20250101000000Z"))
    private static let number = Encode.extensionItem("2.5.29.20", Encode.integer(7))
    private static let base = Encode.extensionItem("2.5.29.27", critical: true, Encode.integer(1))
    private static let indirect = Encode.extensionItem(
        "2.5.29.28", critical: true, Encode.sequence(Encode.implicit(4, [0xff])))
    private static let odd = Encode.extensionItem("1.2.3", critical: true, Encode.null)

    /// Entries of every shape.
    private static let entries = [
        SampleList.entry([9]), SampleList.entry([0, 0x93, 4], extensions: [SampleList.reason(1)]),
        SampleList.entry([UInt8](repeating: 0x7f, count: 20), at: "491231235959Z"),
        SampleList.entry([UInt8](1...24), at: "500101000000Z", extensions: [SampleList.reason(6), invalidity]),
        Encode.sequence(Encode.integer(0x80), Encode.generalizedTime("20520229000000Z")),
        SampleList.entry([UInt8](1...8)), SampleList.entry([UInt8](1...9)), SampleList.entry([UInt8](1...16)),
        SampleList.entry([UInt8](1...17), extensions: [invalidity]),
    ]
    private static let ofOthers = [
        SampleList.entry([1], extensions: [issuer("A")]), SampleList.entry([2], extensions: [SampleList.reason(9)]),
        SampleList.entry([3], extensions: [issuer("B", "A", "B"), SampleList.reason(5)]), SampleList.entry([4]),
        SampleList.entry([5], extensions: [issuer("Ward CA")]), SampleList.entry([6], extensions: [issuer("Ward CA", "C")]),
    ]
    private static let lifting = [SampleList.entry([7], extensions: [SampleList.reason(8)])]

    static let lists: [[UInt8]] = [
        SampleList().der, SampleList(entries: []).der, SampleList(entries: entries).der,
        SampleList(entries: entries + ofOthers, extensions: [number, indirect]).der,
        SampleList(entries: ofOthers, extensions: [number]).der,
        SampleList(entries: lifting + entries, extensions: [number, base]).der,
        SampleList(entries: entries + lifting, extensions: [number]).der,
        SampleList(entries: [SampleList.entry([1], extensions: [odd])] + ofOthers, extensions: [number]).der,
        SampleList(entries: ofOthers + [SampleList.entry([1], extensions: [odd])], extensions: [number, indirect]).der,
        SampleList(entries: entries, extensions: [odd, base]).der,
    ]

    @Test("says what it says read whole", arguments: lists)
    func pieces(list: [UInt8]) throws {
        try ListStreamProperty.check(list)
        for size in 1...70 {
            try ListStreamProperty.check(list, inPiecesOf: { size }, ListStreamProperty.whole(list))
        }
    }

    @Test("reads every day that a UTCTime can name, and refuses the others, as the plain reader does")
    func days() throws {
        func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        // What stands behind an entry decides how it is read: words at a time, or octets.
        let padding = (0..<4).map { SampleList.entry([UInt8($0 + 1)]) }
        for year in 0..<100 {
            var days: [[UInt8]] = []
            for month in 0...13 {
                for day in 0...32 {
                    let moment = "\(digits(year))\(digits(month))\(digits(day))235959Z"
                    let entry = SampleList.entry([5], at: moment)
                    let isDay = (1...12).contains(month) && (1...28).contains(day)
                    if isDay {
                        days.append(entry)
                    } else if year % 4 < 2 {
                        let list = SampleList(entries: [entry] + padding).der
                        try ListStreamProperty.check(list, inPiecesOf: { list.count }, ListStreamProperty.whole(list))
                    }
                }
            }
            let list = SampleList(entries: days + padding).der
            try ListStreamProperty.check(list, inPiecesOf: { list.count }, ListStreamProperty.whole(list))
        }
    }

    @Test("refuses a time with a character that is not its digit, as the plain reader does")
    func characters() throws {
        let padding = (0..<4).map { SampleList.entry([UInt8($0 + 1)]) }
        let entry = SampleList.entry([5, 6], at: "251231115859Z")
        for position in entry.indices.suffix(15) {
            for value in UInt8.min...UInt8.max {
                var changed = entry
                changed[position] = value
                let list = SampleList(entries: [changed] + padding).der
                try ListStreamProperty.check(list, inPiecesOf: { list.count }, ListStreamProperty.whole(list))
            }
        }
    }

    @Test("is refused, cut short anywhere, as it is read whole", arguments: lists)
    func truncation(list: [UInt8]) throws {
        for count in 0..<list.count {
            let cut = Array(list.prefix(count))
            try ListStreamProperty.check(cut, inPiecesOf: { 61 }, ListStreamProperty.whole(cut))
        }
        try ListStreamProperty.check(list + [0])
    }

    @Test("with any octet changed is read or refused as it is read whole", arguments: lists)
    func corruption(list: [UInt8]) throws {
        for position in list.indices {
            for change in [0x01, 0x80, 0xff] as [UInt8] {
                var changed = list
                changed[position] ^= change
                try ListStreamProperty.check(changed, inPiecesOf: { 13 }, ListStreamProperty.whole(changed))
            }
        }
    }

    @Test("with several octets changed, of its failures tells the one that reading it whole tells")
    func severalFailures() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            var changed = Self.lists[Int.random(in: 0..<Self.lists.count, using: &generator)]
            for _ in 0..<Int.random(in: 2...5, using: &generator) {
                let position = Int.random(in: 0..<changed.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed[position] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: position)
                default: changed.insert(UInt8.random(in: 0...255, using: &generator), at: position)
                }
            }
            let whole = ListStreamProperty.whole(changed)
            for size in [11, changed.count] {
                do { try ListStreamProperty.check(changed, inPiecesOf: { size }, whole) } catch {
                    Issue.record("\(error): \(changed)")
                    return
                }
            }
        }
    }
}

import DER
import DERTesting
import PKITypes

/// DER has one encoding for each value: whatever the reader accepts, written again, is what was read.
enum DERProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        try walk(DERReader(input), within: 0..<input.count)
        let text = String(decoding: input, as: UTF8.self)
        if let identifier = ObjectIdentifier(dotted: text) {
            try promise(identifier.description == text, "\(text) reads as \(identifier)")
        }
    }

    private static func walk(_ start: DERReader, within range: Range<Int>) throws(BrokenPromise) {
        var reader = start
        while !reader.isAtEnd {
            let position = reader.position
            try readAsPrimitive(reader)
            let element: DERElement
            do throws(DERFailure) {
                element = try reader.readElement()
            } catch {
                try promise(range.contains(error.offset) || error.offset == range.upperBound, "a fault outside: \(error)")
                return
            }
            try promise(element.start == position && element.range.upperBound == reader.position, "an element out of place")
            try promise(
                range.lowerBound <= element.start && reader.position <= range.upperBound, "an element that leaves its frame")
            let written = Encode.tlv(element.tag.rawValue, Array(start.bytes[element.contents]))
            try promise(written.elementsEqual(start.bytes[element.range]), "another encoding of an element was accepted")
            if element.tag.isConstructed, let contents = try? reader.contents(of: element) {
                try walk(contents, within: element.contents)
            }
        }
    }

    /// Each reader of a primitive gets its chance; those whose tag it is not refuse.
    private static func readAsPrimitive(_ reader: DERReader) throws(BrokenPromise) {
        func octets(_ read: DERReader) -> ArraySlice<UInt8> { reader.bytes[reader.position..<read.position] }
        var boolean = reader
        if let value = try? boolean.readBoolean() {
            try promise(octets(boolean).elementsEqual(Encode.boolean(value)), "BOOLEAN")
        }
        var small = reader
        if let value = try? small.readSmallInteger() {
            try promise(value >= 0 && value <= Int(Int32.max), "a small INTEGER of \(value)")
            var integer = reader
            let contents = try? integer.readInteger()
            let again = contents.map { reader.bytes[$0].reduce(0) { $0 << 8 | Int($1) } }
            try promise(again == value, "INTEGER")
        }
        var bits = reader
        if let value = try? bits.readBitString() {
            let written = Encode.bitString(Array(reader.bytes[value.octets]), unusedBits: value.unusedBits)
            try promise(octets(bits).elementsEqual(written), "BIT STRING")
        }
        var identifier = reader
        if let value = try? identifier.readObjectIdentifier() {
            try promise(octets(identifier).elementsEqual(Encode.tlv(0x06, value.octets)), "OBJECT IDENTIFIER octets")
            try promise(ObjectIdentifier(dotted: value.description) == value, "OBJECT IDENTIFIER \(value)")
        }
        var time = reader
        let isGeneralized = reader.nextTag == .generalizedTime
        if let value = try? time.readTime() {
            let text = TimeText.text(value, isGeneralized: isGeneralized)
            try promise(octets(time).dropFirst(2).elementsEqual(text.utf8), "a time of \(value.rawValue), written \(text)")
        }
    }
}

/// Times written out, a day at a time, by nothing that the reader uses.
enum TimeText {
    static func text(_ moment: UnixSeconds, isGeneralized: Bool) -> String {
        var days = Int(moment.rawValue.floorDivided(by: 86_400))
        let second = Int(moment.rawValue) - days * 86_400
        var year = 1970
        while days < 0 {
            year -= 1
            days += length(ofYear: year)
        }
        while days >= length(ofYear: year) {
            days -= length(ofYear: year)
            year += 1
        }
        var month = 1
        while days >= length(ofMonth: month, year) {
            days -= length(ofMonth: month, year)
            month += 1
        }
        let yearText = isGeneralized ? padded(year, to: 4) : padded(year % 100, to: 2)
        let fields = [month, days + 1, second / 3600, second / 60 % 60, second % 60]
        return yearText + fields.map { padded($0, to: 2) }.joined() + "Z"
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 400) || (year.isMultiple(of: 4) && !year.isMultiple(of: 100))
    }
    private static func length(ofYear year: Int) -> Int { isLeap(year) ? 366 : 365 }
    private static func length(ofMonth month: Int, _ year: Int) -> Int {
        [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 { self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor) }
}

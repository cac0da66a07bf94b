/// The lines of a text, without their line ends and trailing blanks.
struct PEMLines {
    struct Line {
        let number: Int
        let octets: ArraySlice<UInt8>
    }

    private let text: [UInt8]
    private var position = 0
    private var number = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> Line? {
        guard position < text.count else { return nil }
        var end = position
        while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
        let start = position
        position = end + 1
        number += 1
        while end > start, Self.isBlank(text[end - 1]) { end -= 1 }
        return Line(number: number, octets: text[start..<end])
    }

    private static func isBlank(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
    }
}

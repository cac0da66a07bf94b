/// The octets of an input as a supply of choices, for targets whose input has a structure. An exhausted supply gives zeros, so
/// that every input means something.
struct ByteFeed {
    private var rest: ArraySlice<UInt8>

    init(_ input: [UInt8]) { rest = input[...] }

    var isExhausted: Bool { rest.isEmpty }

    mutating func octet() -> UInt8 { rest.popFirst() ?? 0 }
    mutating func number(below limit: Int) -> Int { Int(octet()) % limit }
    mutating func number(in range: ClosedRange<Int>) -> Int { range.lowerBound + number(below: range.count) }
    mutating func flag() -> Bool { octet() & 1 == 1 }
    /// True once in `count` values, and not for an exhausted supply.
    mutating func isRare(_ count: Int) -> Bool { number(below: count) == count - 1 }
    mutating func element<Element>(of elements: [Element]) -> Element { elements[number(below: elements.count)] }

    /// A text over `alphabet`, up to a length.
    mutating func text(over alphabet: [UInt8], upTo count: Int) -> [UInt8] {
        let length = number(below: count + 1)
        var text: [UInt8] = []
        for _ in 0..<length { text.append(element(of: alphabet)) }
        return text
    }
}

/// Swift text with comments and string literals blanked, octet by octet, so that a word or a brace
/// in them is not taken for code.
struct CodeMask {
    private let octets: [UInt8]
    private var output: [UInt8]
    private var position = 0

    static func masked(_ text: String) -> String {
        var mask = CodeMask(octets: Array(text.utf8))
        mask.code(until: nil)
        return String(decoding: mask.output, as: UTF8.self)
    }

    private init(octets: [UInt8]) {
        self.octets = octets
        output = octets
    }

    private func sees(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { word in octets[position...].prefix(word.count).elementsEqual(word) }
    }

    private mutating func blank(_ count: Int) {
        for index in position..<min(position + count, octets.count) where octets[index] != UInt8(ascii: "\n") {
            output[index] = UInt8(ascii: " ")
        }
        position = min(position + count, octets.count)
    }

    /// Code up to the end, or up to the parenthesis that closes an interpolation.
    private mutating func code(until closing: UInt8?) {
        var depth = 0
        while position < octets.count {
            let octet = octets[position]
            if sees("//") {
                lineComment()
            } else if sees("/*") {
                blockComment()
            } else if let hashes = literalHashes() {
                literal(hashes: hashes)
            } else {
                if octet == UInt8(ascii: "(") { depth += 1 }
                if octet == UInt8(ascii: ")") {
                    if depth == 0, octet == closing { return }
                    depth -= 1
                }
                position += 1
            }
        }
    }

    private mutating func lineComment() {
        while position < octets.count, octets[position] != UInt8(ascii: "\n") { blank(1) }
    }

    /// Swift's block comments nest.
    private mutating func blockComment() {
        var depth = 0
        while position < octets.count {
            if sees("/*") {
                depth += 1
                blank(2)
            } else if sees("*/") {
                depth -= 1
                blank(2)
                if depth == 0 { return }
            } else {
                blank(1)
            }
        }
    }

    /// How many `#` stand before a quotation mark that begins here; nil when no literal begins here.
    private func literalHashes() -> Int? {
        let hashes = octets[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = position + hashes
        return quote < octets.count && octets[quote] == UInt8(ascii: "\"") ? hashes : nil
    }

    /// The quotation marks stay, what they hold goes; the code of an interpolation stays.
    private mutating func literal(hashes: Int) {
        position += hashes
        let quotes = sees("\"\"\"") ? 3 : 1
        let end = [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let escape = [UInt8(ascii: "\\")] + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        position += quotes
        while position < octets.count {
            let rest = octets[position...]
            if rest.starts(with: end) {
                position += end.count
                return
            }
            if rest.starts(with: escape + [UInt8(ascii: "(")]) {
                blank(escape.count)
                position += 1
                code(until: UInt8(ascii: ")"))
                position += 1
            } else if rest.starts(with: escape) {
                blank(escape.count + 1)
            } else {
                blank(1)
            }
        }
    }
}

/// Octets as hexadecimal text, without Foundation.
package enum Hexadecimal {
    package static func upperCase(_ octets: some Sequence<UInt8>) -> String { text(octets, digits: "0123456789ABCDEF") }
    package static func lowerCase(_ octets: some Sequence<UInt8>) -> String { text(octets, digits: "0123456789abcdef") }

    /// Nil unless the text is hexadecimal digits in pairs.
    package static func octets(_ text: some StringProtocol) -> [UInt8]? {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for character in text.utf8 {
            guard let digit = value(of: character) else { return nil }
            if let first = high { octets.append(first << 4 | digit) }
            high = high == nil ? digit : nil
        }
        return high == nil ? octets : nil
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func text(_ octets: some Sequence<UInt8>, digits: StaticString) -> String {
        digits.withUTF8Buffer { digits in
            var characters: [UInt8] = []
            for octet in octets {
                characters.append(digits[Int(octet >> 4)])
                characters.append(digits[Int(octet & 0x0f)])
            }
            return String(decoding: characters, as: UTF8.self)
        }
    }
}

/// Octets as hexadecimal text, without Foundation.
package enum Hexadecimal {
    package static func upperCase(_ octets: some Sequence<UInt8>) -> String { text(octets, digits: "0123456789ABCDEF") }
    package static func lowerCase(_ octets: some Sequence<UInt8>) -> String { text(octets, digits: "0123456789abcdef") }

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

/// Base64 (RFC 4648 §4) line by line, strictly: padding required, nothing after it, unused bits zero.
struct Base64Decoder {
    private var octets: [UInt8] = []
    private var quantum: UInt32 = 0
    private var digits = 0
    private var padding = 0

    /// False when the line holds something that is not base64, or follows the padding.
    mutating func append(_ line: ArraySlice<UInt8>) -> Bool {
        for character in line {
            let value = Self.values[Int(character)]
            if value < 64 {
                guard padding == 0 else { return false }
                quantum = quantum << 6 | UInt32(value)
                digits += 1
                if digits == 4 { flush() }
            } else {
                guard character == UInt8(ascii: "="), digits >= 2, digits + padding < 4 else { return false }
                padding += 1
            }
        }
        return true
    }

    /// Nil when the text ended inside a group of four or left bits over.
    mutating func finish() -> [UInt8]? {
        switch (digits, padding) {
        case (0, 0): break
        case (2, 2):
            guard quantum & 0x0f == 0 else { return nil }
            octets.append(UInt8(truncatingIfNeeded: quantum >> 4))
        case (3, 1):
            guard quantum & 0x03 == 0 else { return nil }
            octets.append(UInt8(truncatingIfNeeded: quantum >> 10))
            octets.append(UInt8(truncatingIfNeeded: quantum >> 2))
        default: return nil
        }
        return octets
    }

    private mutating func flush() {
        octets.append(UInt8(truncatingIfNeeded: quantum >> 16))
        octets.append(UInt8(truncatingIfNeeded: quantum >> 8))
        octets.append(UInt8(truncatingIfNeeded: quantum))
        quantum = 0
        digits = 0
    }

    /// The value of each character, 64 for those that have none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 64, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}

/// Base64 (RFC 4648 §4) piece by piece, strictly: padding required, nothing after it, unused bits zero.
struct Base64Decoder: Sendable {
    private var quantum: UInt32 = 0
    private var digits = 0
    private var padding = 0

    /// Appends what the characters decode to, but for a last group that is not complete.
    ///
    /// - Returns: false when there is something that is not base64, or follows the padding.
    mutating func decode(_ text: Span<UInt8>, _ characters: Range<Int>, into octets: inout [UInt8]) -> Bool {
        var position = characters.lowerBound
        // A group that was begun before adds its octets to those of the characters here.
        octets.append(addingCapacity: characters.count + 3) { room in
            let values = Self.values.span
            while position < characters.upperBound {
                // Whole groups, as nearly all are.
                while digits == 0, padding == 0, position + 4 <= characters.upperBound {
                    let group =
                        values[Int(text[position])] << 18 | values[Int(text[position + 1])] << 12
                        | values[Int(text[position + 2])] << 6 | values[Int(text[position + 3])]
                    guard group >> Self.groupBits == 0 else { break }
                    room.append(UInt8(truncatingIfNeeded: group >> 16))
                    room.append(UInt8(truncatingIfNeeded: group >> 8))
                    room.append(UInt8(truncatingIfNeeded: group))
                    position += 4
                }
                guard position < characters.upperBound else { break }
                guard take(text[position], values) else { return }
                if digits == 4 {
                    room.append(UInt8(truncatingIfNeeded: quantum >> 16))
                    room.append(UInt8(truncatingIfNeeded: quantum >> 8))
                    room.append(UInt8(truncatingIfNeeded: quantum))
                    (quantum, digits) = (0, 0)
                }
                position += 1
            }
        }
        return position == characters.upperBound
    }

    private mutating func take(_ character: UInt8, _ values: Span<UInt32>) -> Bool {
        let value = values[Int(character)]
        if value < Self.none {
            guard padding == 0 else { return false }
            quantum = quantum << 6 | value
            digits += 1
            return true
        }
        guard character == UInt8(ascii: "="), digits >= 2, digits + padding < 4 else { return false }
        padding += 1
        return true
    }

    /// Appends the last group.
    ///
    /// - Returns: false when the text ended inside a group of four or left bits over.
    mutating func finish(into octets: inout [UInt8]) -> Bool {
        switch (digits, padding) {
        case (0, 0): return true
        case (2, 2):
            guard quantum & 0x0f == 0 else { return false }
            octets.append(UInt8(truncatingIfNeeded: quantum >> 4))
        case (3, 1):
            guard quantum & 0x03 == 0 else { return false }
            octets.append(UInt8(truncatingIfNeeded: quantum >> 10))
            octets.append(UInt8(truncatingIfNeeded: quantum >> 2))
        default: return false
        }
        return true
    }

    private static let groupBits = 24
    /// Wherever it stands in a group, a bit of it lies above the group's.
    private static let none: UInt32 = 1 << 24 | 1 << 18 | 1 << 12 | 1 << 6

    /// The value of each character, ``none`` for those that have none.
    private static let values: [UInt32] = {
        var values = [UInt32](repeating: none, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt32(value) }
        return values
    }()
}

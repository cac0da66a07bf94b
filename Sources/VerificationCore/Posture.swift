import PKITypes

/// What is known of the condition of devices beside their certificates: attributes and their values. Many devices share one.
package final class Posture: Hashable, Sendable {
    private let attributes: [Attribute]

    private struct Attribute: Hashable {
        let name: String
        let value: String
    }

    package init(_ attributes: [String: String]) {
        self.attributes = attributes.map(Attribute.init).sorted { $0.name < $1.name }
    }

    package subscript(name: String) -> String? { attributes.first { $0.name == name }?.value }

    package static func == (left: Posture, right: Posture) -> Bool { left === right || left.attributes == right.attributes }
    package func hash(into hasher: inout Hasher) { hasher.combine(attributes) }
}

/// Every posture that a device has, once: devices know theirs by a number of four octets.
///
/// A value, as the devices are: whoever changes it copies what is as long as there are different postures.
struct PostureTable: Sendable {
    /// Of a device without attributes.
    static let none: UInt32 = 0

    private var postures: [Posture?] = [nil]
    private var uses: [UInt32] = [0]
    private var numbers: [Posture: UInt32] = [:]
    private var freed: [UInt32] = []

    init() {}

    subscript(number: UInt32) -> Posture? { postures[Int(number)] }

    /// - Returns: its number, for one device more.
    mutating func take(_ attributes: [String: String]) -> UInt32 {
        if attributes.isEmpty { return Self.none }
        let posture = Posture(attributes)
        if let number = numbers[posture] {
            uses[Int(number)] += 1
            return number
        }
        let number: UInt32
        if let last = freed.popLast() {
            number = last
            (postures[Int(number)], uses[Int(number)]) = (posture, 1)
        } else {
            number = UInt32(postures.count)
            postures.append(posture)
            uses.append(1)
        }
        numbers[posture] = number
        return number
    }

    /// One device has it no more.
    mutating func giveBack(_ number: UInt32) {
        guard number != Self.none, let posture = postures[Int(number)] else { return }
        uses[Int(number)] -= 1
        guard uses[Int(number)] == 0 else { return }
        numbers[posture] = nil
        postures[Int(number)] = nil
        freed.append(number)
    }

    /// How many different ones there are.
    var count: Int { numbers.count }
}

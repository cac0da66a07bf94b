/// How serial numbers are chosen: at random, or by somebody who would like them to meet in one place of a table.
enum SerialChoice: String {
    case random = "random serials"
    case consecutive = "consecutive serials"
    case equalLowBits = "serials with equal low bits"

    /// Sixteen content octets of a positive INTEGER; nil leaves the choice to the authority.
    func octets(_ index: Int) -> [UInt8]? {
        let number = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(index) >> (56 - $0 * 8)) }
        let zeros = [UInt8](repeating: 0, count: 8)
        return switch self {
        case .random: nil
        // The first octet makes the number positive and its encoding minimal.
        case .consecutive: [0x40] + zeros.dropFirst() + number
        case .equalLowBits: [0x40] + number.dropFirst() + zeros
        }
    }
}

import Glibc

/// The bytes that are sent, a function of their position in the stream: an echo that lost, doubled or moved one is seen.
final class EchoPattern {
    /// A prime, so that no power-of-two buffer of a gateway is a whole number of periods.
    private static let period = 251
    private let bytes: [UInt8]

    /// The longest piece that is asked for.
    let longest: Int

    init(longest: Int) {
        self.longest = longest
        bytes = (0..<(longest + Self.period)).map { UInt8($0 % Self.period) }
    }

    func withBytes<R>(at position: Int, _ body: (UnsafePointer<UInt8>) -> R) -> R {
        bytes.withUnsafeBufferPointer { body($0.baseAddress! + position % Self.period) }
    }

    func matches(_ piece: UnsafeRawBufferPointer, at position: Int) -> Bool {
        precondition(piece.count <= longest, "a piece longer than the pattern")
        return withBytes(at: position) { memcmp($0, piece.baseAddress!, piece.count) == 0 }
    }
}

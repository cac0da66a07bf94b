import Glibc

/// Octets that are known at every position, so that what arrives is checked while it arrives: lost, doubled or swapped pieces
/// are seen where they begin.
package struct PatternStream: Sendable {
    /// A prime, so that no buffer's size divides it.
    private static let period = 1_000_003
    /// One period, and again what a reader may take at once.
    private static let block: [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        var octets: [UInt8] = []
        octets.reserveCapacity(2 * period)
        while octets.count < period { withUnsafeBytes(of: generator.next()) { octets += $0 } }
        octets.removeLast(octets.count - period)
        return octets + octets
    }()

    package private(set) var position = 0

    package init() {}

    /// The next octets, at most a period.
    package mutating func take(_ count: Int) -> [UInt8] {
        precondition(count <= Self.period, "more than the pattern holds")
        let start = position % Self.period
        position += count
        return Array(Self.block[start..<start + count])
    }

    /// Whether these are the next octets.
    package mutating func matches(_ octets: [UInt8]) -> Bool {
        let start = position % Self.period
        position += octets.count
        return octets.count <= Self.period
            && Self.block.withUnsafeBytes { block in
                octets.withUnsafeBytes { memcmp(block.baseAddress! + start, $0.baseAddress!, $0.count) == 0 }
            }
    }
}

extension UpstreamPeer {
    /// Sends so much of a pattern; false when the other side takes no more.
    package func send(pattern total: Int) -> Bool {
        var pattern = PatternStream()
        while pattern.position < total {
            guard send(pattern.take(min(256 << 10, total - pattern.position))) else { return false }
        }
        return true
    }

    /// How much of a pattern comes, until it ends or is wrong.
    package func receivePattern() -> Int {
        var pattern = PatternStream()
        while let octets = receive(limit: 256 << 10) {
            let before = pattern.position
            guard pattern.matches(octets) else { return before }
        }
        return pattern.position
    }
}

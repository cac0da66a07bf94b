import PKITypes
import Testing

@Suite("A network") struct NetworkPrefixTests {
    private static let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]
    private static func v6(_ head: [UInt8], _ tail: UInt8 = 0) -> [UInt8] {
        head + [UInt8](repeating: 0, count: 15 - head.count) + [tail]
    }

    @Test(
        "contains its addresses and no others",
        arguments: [
            ([10, 0, 0, 0], 8, [10, 255, 255, 255], true),
            ([10, 0, 0, 0], 8, [11, 0, 0, 0], false),
            ([10, 0, 0, 0], 8, [9, 255, 255, 255], false),
            ([10, 20, 0, 0], 16, [10, 20, 1, 2], true),
            ([10, 20, 0, 0], 16, [10, 21, 0, 0], false),
            ([192, 168, 1, 128], 25, [192, 168, 1, 127], false),
            ([192, 168, 1, 128], 25, [192, 168, 1, 255], true),
            ([192, 168, 1, 7], 32, [192, 168, 1, 7], true),
            ([192, 168, 1, 7], 32, [192, 168, 1, 6], false),
            ([0, 0, 0, 0], 0, [255, 255, 255, 255], true),
            ([0, 0, 0, 0], 0, v6([0x20]), false),
            ([10, 0, 0, 0], 8, mapped + [10, 1, 2, 3], true),
            (v6([]), 0, [10, 0, 0, 1], false),
            (v6([]), 0, v6([], 1), true),
            (v6([0x20, 0x01, 0x0d, 0xb8]), 32, v6([0x20, 0x01, 0x0d, 0xb8, 0xff], 9), true),
            (v6([0x20, 0x01, 0x0d, 0xb8]), 32, v6([0x20, 0x01, 0x0d, 0xb9]), false),
            (v6([0xfe, 0x80]), 10, v6([0xfe, 0xbf, 0xff], 1), true),
            (v6([0xfe, 0x80]), 10, v6([0xfe, 0xc0], 1), false),
            (v6([0x20]), 64, v6([0x20, 0, 0, 0, 0, 0, 0, 0, 0xff], 1), true),
            (v6([0x20]), 64, v6([0x20, 0, 0, 0, 0, 0, 0, 1]), false),
            (v6([0x20], 2), 127, v6([0x20], 3), true),
            (v6([0x20], 2), 127, v6([0x20], 4), false),
            (v6([0x20], 2), 128, v6([0x20], 2), true),
            (v6([0x20], 2), 128, v6([0x20], 3), false),
        ] as [([UInt8], Int, [UInt8], Bool)])
    func contains(network: [UInt8], length: Int, candidate: [UInt8], expected: Bool) throws {
        let address = try #require(IPAddress(octets: network))
        let prefix = try #require(NetworkPrefix(address: address, length: length))
        let other = try #require(IPAddress(octets: candidate))
        #expect(prefix.contains(other) == expected)
    }

    @Test(
        "is refused when bits beyond its length are set or the length is impossible",
        arguments: [
            ([10, 1, 0, 0], 8), ([10, 0, 0, 1], 31), ([10, 0, 0, 0], 33), ([10, 0, 0, 0], -1), (v6([0x20], 1), 127),
            (v6([0x20]), 129),
            (mapped + [10, 0, 0, 0], 104),
        ] as [([UInt8], Int)])
    func refused(network: [UInt8], length: Int) throws {
        let address = try #require(IPAddress(octets: network))
        #expect(NetworkPrefix(address: address, length: length) == nil)
    }

    @Test("addresses have four or sixteen octets and keep them", arguments: [0, 1, 3, 4, 5, 15, 16, 17])
    func addressOctets(count: Int) {
        let octets = (0..<count).map { UInt8($0 + 1) }
        #expect(IPAddress(octets: octets)?.octets == (count == 4 || count == 16 ? octets : nil))
    }

    @Test(
        "of an address, as hospitals cut theirs: 24 bits of IPv4, 64 of IPv6",
        arguments: [
            ([10, 20, 30, 40], [10, 20, 30, 0], 24), (mapped + [10, 20, 30, 40], [10, 20, 30, 0], 24),
            ([0x20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], v6([0x20, 1, 2, 3, 4, 5, 6, 7]), 64),
        ] as [([UInt8], [UInt8], Int)])
    func subnet(_ address: [UInt8], _ network: [UInt8], _ length: Int) throws {
        let subnet = NetworkPrefix(subnetOf: try #require(IPAddress(octets: address)))
        #expect(subnet == NetworkPrefix(address: try #require(IPAddress(octets: network)), length: length))
    }
}

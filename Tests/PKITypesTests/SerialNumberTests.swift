import PKITypes
import Testing

@Suite("A serial number") struct SerialNumberTests {
    @Test(
        "gives back its octets",
        arguments: [
            [0], [0x7f], [0x00, 0x80], [0xff], [0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Array(1...8), Array(1...9), Array(1...16), Array(1...17), Array(1...20), Array(0...20), Array(1...24),
        ] as [[UInt8]])
    func roundTrip(octets: [UInt8]) throws {
        let serial = try #require(SerialNumber(octets: octets))
        #expect(serial.octets == octets)
        let again = try #require(SerialNumber(octets: octets))
        #expect(serial == again && serial.hashValue == again.hashValue)
    }

    @Test("has one to twenty-four octets")
    func bounds() {
        #expect(SerialNumber(octets: []) == nil)
        #expect(SerialNumber(octets: [UInt8](repeating: 1, count: 25)) == nil)
        #expect(SerialNumber(octets: [UInt8](repeating: 1, count: 24)) != nil)
    }

    @Test("is not another with the same digits and other leading octets")
    func leadingOctets() throws {
        let plain = try #require(SerialNumber(octets: [0x80]))
        let padded = try #require(SerialNumber(octets: [0x00, 0x80]))
        #expect(plain != padded)
        #expect(plain < padded && !(padded < plain))
    }

    @Test("has a strict total order in which equal octets alone are equal")
    func order() {
        let samples: [[UInt8]] = [
            [0], [1], [0xff], [0, 1], [1, 0], Array(1...8), Array(2...9), Array(1...9), [1] + Array(1...16), [2] + Array(1...16),
            [UInt8](repeating: 0xff, count: 24), [UInt8](repeating: 0xff, count: 23) + [0],
        ]
        let serials = samples.compactMap { SerialNumber(octets: $0) }
        #expect(serials.count == samples.count)
        for (i, left) in serials.enumerated() {
            for (j, right) in serials.enumerated() {
                let relations = [left < right, right < left, left == right].count { $0 }
                #expect(relations == 1)
                #expect((left == right) == (i == j))
            }
        }
        let sorted = serials.sorted()
        #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test("reads as openssl prints it")
    func text() {
        #expect(SerialNumber(octets: [0x0a, 0xbc, 0x00])?.description == "0ABC00")
    }
}

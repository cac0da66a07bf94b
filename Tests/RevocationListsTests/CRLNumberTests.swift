import RevocationLists
import Testing

@Suite("A list's number") struct CRLNumberTests {
    @Test("is ordered as a number of up to twenty octets")
    func order() throws {
        let ascending = try [
            [0], [1], [0, 0x80], [0x00, 0xff], [1, 0], [1, 1], [2, 0], [1, 0, 0], [UInt8](repeating: 0x7f, count: 20),
        ]
        .map { octets in try #require(CRLNumber(octets: octets as [UInt8])) }
        for (i, left) in ascending.enumerated() {
            for (j, right) in ascending.enumerated() {
                #expect((left < right) == (i < j))
                #expect((left == right) == (i == j))
            }
        }
    }

    @Test("is the same with or without leading zero octets, and has a limit")
    func octets() {
        #expect(CRLNumber(octets: [0, 0, 7]) == CRLNumber(octets: [7]))
        #expect(CRLNumber(octets: [0] + [UInt8](repeating: 0xff, count: 20)) != nil)
        #expect(CRLNumber(octets: [UInt8](repeating: 1, count: 21)) == nil)
        #expect(CRLNumber(octets: [0x0a, 0xbc])?.description == "0x0ABC" && CRLNumber(octets: [0])?.description == "0x00")
    }
}

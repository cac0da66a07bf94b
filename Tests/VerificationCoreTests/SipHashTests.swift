import Testing
import VerificationCore

@Suite("SipHash-1-3")
struct SipHashTests {
    /// The results are CPython's, which hashes octets with SipHash-1-3, with a key of zeros (PYTHONHASHSEED=0).
    @Test(
        "gives what another implementation gives",
        arguments: [
            ([UInt8](0..<31), 0x1697_3944_3111_d49b),
            ([UInt8](repeating: 7, count: 24) + [9, 0, 0, 0, 0, 0, 0], 0x5555_a06d_4753_f1d8),
            ([UInt8](repeating: 0, count: 31), 0xb81a_62c3_64bc_b390),
        ] as [([UInt8], UInt64)]
    )
    func knownAnswers(octets: [UInt8], hash: UInt64) {
        func word(_ range: Range<Int>) -> UInt64 { octets[range].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        #expect(SipHash(keyLow: 0, keyHigh: 0)(word(0..<8), word(8..<16), word(16..<24), tail: word(24..<31)) == hash)
        let short = SipHash(keyLow: 0, keyHigh: 0)(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, tail: 0x16_1514_1312_1110)
        #expect(short == 0x3733_2b13_89da_a4ff)
        #expect(SipHash(keyLow: 1, keyHigh: 0)(word(0..<8), word(8..<16), word(16..<24), tail: word(24..<31)) != hash)
    }
}

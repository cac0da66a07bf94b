import Testing

@testable import DataPlane

@Suite("Each decision has a number of its own")
struct DecisionIDTests {
    @Test("Runs, loops and sequences that differ give numbers that differ")
    func unique() {
        var seen: Set<DecisionID> = []
        var count = 0
        for run: UInt32 in [0, 1, 0xff_ffff] {
            for loop in [0, 1, 255] {
                for sequence: UInt32 in [0, 1, 2, 0xffff, .max] {
                    seen.insert(DecisionID(run: run, loop: loop, sequence: sequence))
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }

    @Test(
        "Its text is sixteen digits: run, loop, sequence",
        arguments: [
            (UInt32(0xab_cdef), 2, UInt32(7), "abcdef0200000007"), (0, 0, 0, "0000000000000000"),
            (.max, 255, .max, "ffffffffffffffff"),
        ])
    func text(_ run: UInt32, _ loop: Int, _ sequence: UInt32, _ text: String) {
        #expect(DecisionID(run: run, loop: loop, sequence: sequence).description == text)
    }
}

import PKITypes
import Testing

@Suite("Validity and moments") struct ValidityTests {
    @Test(
        "both ends belong to the period",
        arguments: [(99, false), (100, true), (150, true), (200, true), (201, false)] as [(Int64, Bool)])
    func inclusive(moment: Int64, expected: Bool) {
        let validity = Validity(notBefore: UnixSeconds(100), notAfter: UnixSeconds(200))
        #expect(validity.contains(UnixSeconds(moment)) == expected)
    }

    @Test("a period that ends before it begins holds no moment and has no length")
    func inverted() {
        let validity = Validity(notBefore: UnixSeconds(200), notAfter: UnixSeconds(100))
        #expect([100, 150, 200].allSatisfy { !validity.contains(UnixSeconds($0)) })
        #expect(validity.lifetimeSeconds == 0)
    }

    @Test("an intersection is the latest start and the earliest end")
    func intersection() {
        let one = Validity(notBefore: UnixSeconds(1), notAfter: UnixSeconds(10))
        let other = Validity(notBefore: UnixSeconds(5), notAfter: UnixSeconds(20))
        #expect(one.intersection(other) == Validity(notBefore: UnixSeconds(5), notAfter: UnixSeconds(10)))
        #expect(one.lifetimeSeconds == 9)
    }

    @Test("sums and differences saturate instead of trapping")
    func saturation() {
        #expect(UnixSeconds(.max) + 1 == UnixSeconds(.max))
        #expect(UnixSeconds(.min) + -1 == UnixSeconds(.min))
        #expect(UnixSeconds(.max) - UnixSeconds(-1) == .max)
        #expect(UnixSeconds(.min) - UnixSeconds(1) == .min)
        #expect(UnixSeconds(5) + 3 == UnixSeconds(8) && UnixSeconds(5) - UnixSeconds(3) == 2)
    }
}

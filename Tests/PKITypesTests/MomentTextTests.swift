import PKITypes
import Testing

@Suite("Moments as text")
struct MomentTextTests {
    @Test(
        "A moment is written as RFC 3339 writes it",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"), (951_868_800, "2000-03-01T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
            (-2_203_891_200, "1900-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
            (1_795_446_245, "2026-11-23T15:04:05Z"),
        ] as [(Int64, String)])
    func text(_ seconds: Int64, _ expected: String) {
        #expect(UnixSeconds(seconds).text == expected)
    }
}

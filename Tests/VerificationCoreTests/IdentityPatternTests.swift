import PKITypes
import Testing
import VerificationCore

@Suite("Identity patterns")
struct IdentityPatternTests {
    @Test(
        "whole segments match, and nothing crosses `:` or `/` but `**`",
        arguments: [
            ("urn:a:b", "urn:a:b", true), ("urn:a:b", "urn:a:B", false), ("urn:a:b", "urn:a:b:c", false),
            ("urn:a:b", "urn:a", false),
            ("urn:a:*", "urn:a:b", true), ("urn:a:*", "urn:a:", false), ("urn:a:*", "urn:a:b:c", false),
            ("urn:a:*", "urn:a:b/c", false),
            ("urn:*:c", "urn:b:c", true), ("urn:*:c", "urn:b:b:c", false), ("*", "urn", true), ("*", "urn:a", false),
            ("spiffe://h/*/pump", "spiffe://h/icu/pump", true), ("spiffe://h/*/pump", "spiffe://h/icu/2/pump", false),
            ("urn:a:**", "urn:a:b", true), ("urn:a:**", "urn:a:b:c/d", true), ("urn:a:**", "urn:a:", false),
            ("urn:a:**", "urn:a", false),
            ("**", "anything:at/all", true), ("urn:{x}:{y}", "urn:1:2", true), ("urn:{x}:{y}", "urn::2", false),
            ("urn:é:*", "urn:é:1", true), ("urn:e\u{301}:*", "urn:é:1", false),
        ]
    )
    func matching(pattern: String, identity: String, matches: Bool) throws {
        let pattern = try IdentityPattern(pattern)
        let identity = DeviceIdentity(text: identity)
        #expect(pattern.matches(identity) == matches)
    }

    @Test(
        "what could be misread is refused, with its place",
        arguments: [
            ("", .empty), ("urn:{a", .unbalancedBrace(at: 4)), ("urn:a}", .unbalancedBrace(at: 5)),
            ("urn:{}", .badCaptureName(at: 5)),
            ("urn:{a b}", .badCaptureName(at: 5)), ("urn:{a}:{a}", .duplicateCapture("a")),
            ("urn:a*", .wildcardNotAWholeSegment(at: 5)),
            ("urn:*a", .wildcardNotAWholeSegment(at: 4)), ("urn:a{x}", .wildcardNotAWholeSegment(at: 5)),
            ("urn:{x}a", .wildcardNotAWholeSegment(at: 4)), ("urn:a**", .wildcardNotAWholeSegment(at: 5)),
            ("**:a", .restNotAtTheEnd(at: 0)), ("urn:**:a", .restNotAtTheEnd(at: 4)), ("urn:***", .restNotAtTheEnd(at: 4)),
        ] as [(String, IdentityPattern.Failure)]
    )
    func refused(pattern: String, failure: IdentityPattern.Failure) {
        #expect(throws: failure) { try IdentityPattern(pattern) }
    }
}

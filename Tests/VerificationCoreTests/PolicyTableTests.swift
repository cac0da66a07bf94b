import PKITypes
import Testing
import VerificationCore

@Suite("The table of policies")
struct PolicyTableTests {
    private static let segments = ["urn", "a", "b", "pump", "pu", ""]

    private static func text(_ generator: inout SystemRandomNumberGenerator, wild: [String]) -> String {
        (0..<Int.random(in: 1...4, using: &generator))
            .map { _ in (segments + wild).randomElement(using: &generator) ?? "" }
            .joined(separator: ":")
    }

    private static func policy(_ number: Int, _ generator: inout SystemRandomNumberGenerator) -> AccessPolicy {
        let pattern = try? IdentityPattern(text(&generator, wild: ["*", "{x}", "**"]))
        let listeners: [Set<String>] = [[], ["here"], ["there"], ["here", "there"]]
        return AccessPolicy(
            name: "\(number)", devices: .any, identity: pattern, listeners: listeners.randomElement(using: &generator) ?? [])
    }

    @Test("finds what reading the policies one by one finds, among none, one and many")
    func asOneByOne() {
        var generator = SystemRandomNumberGenerator()
        var found = 0
        for _ in 0..<300 {
            let count = Int.random(in: 0...40, using: &generator)
            // Few match everything, so that others are reached.
            let policies = (0..<count).map { Self.policy($0, &generator) }
                .filter { $0.identity != nil || Int.random(in: 0..<20, using: &generator) == 0 }
            let table = PolicyTable(policies, for: "here")
            for _ in 0..<20 {
                let identity = DeviceIdentity(text: Self.text(&generator, wild: ["c"]))
                let expected = policies.first {
                    ($0.listeners.isEmpty || $0.listeners.contains("here")) && ($0.identity?.matches(identity) ?? true)
                }
                found += expected == nil ? 0 : 1
                #expect(table.first(selecting: identity)?.name == expected?.name)
            }
        }
        #expect(found > 500)
    }

    @Test("of many policies with one beginning the first that matches decides, also a shorter one that stands earlier")
    func order() throws {
        let policies = [
            AccessPolicy(name: "monitor", devices: .any, identity: try IdentityPattern("urn:a:monitor:*")),
            AccessPolicy(name: "segment", devices: .any, identity: try IdentityPattern("urn:*:pump:1")),
            AccessPolicy(name: "rest", devices: .any, identity: try IdentityPattern("urn:a:**")),
            AccessPolicy(name: "exact", devices: .any, identity: try IdentityPattern("urn:a:pump:1")),
            AccessPolicy(name: "any", devices: .any),
        ]
        func first(_ identity: String) -> String? {
            PolicyTable(policies, for: "here").first(selecting: DeviceIdentity(text: identity))?.name
        }
        #expect(first("urn:a:pump:1") == "segment")
        #expect(first("urn:a:pump:2") == "rest")
        #expect(first("urn:a:monitor:2") == "monitor")
        #expect(first("urn:b") == "any")
        #expect(first("") == "any")
    }
}

import LabPKI
import PKITypes
import SnapshotAssembly
import Testing

@Suite("A list that is stale, or soon will be, is told of with date, consequence and remedy")
struct ListAgeTests {
    let fixture: AssemblyFixture

    init() throws { fixture = try AssemblyFixture() }

    /// Writes a list of the issuing authority that ends so many hours from now.
    private func list(endsAfter hours: Int64, number: UInt64 = 1, deltaBase: UInt64? = nil) throws -> LabRevocationList {
        try fixture.issuing.revocationList(
            number: number, thisUpdate: fixture.now + -60 * LabTime.secondsPerHour,
            nextUpdate: fixture.now + hours * LabTime.secondsPerHour
        ) { $0.deltaBase = deltaBase }
    }

    private func said(_ lists: LabRevocationList..., stale: String = "{}") throws -> [AssemblyProblem] {
        try fixture.write(Array(try lists.map { try $0.pem() }.joined().utf8), to: "issuing.crl")
        let assembly = try fixture.assemble(stale: stale)
        #expect(assembly.snapshot != nil)
        return assembly.problems
    }

    private func moment(_ hours: Int64) -> String { (fixture.now + hours * LabTime.secondsPerHour).text }

    private static let refused = "every device below CN=Assembly Issuing is refused"
    private static let mend = "get a newer list of CN=Assembly Issuing"

    @Test("stale.warn_before says from when on a list is warned of")
    func near() throws {
        #expect(try said(list(endsAfter: 13)).isEmpty)
        #expect(try said(list(endsAfter: 5), stale: "{ warn_before: 4h }").isEmpty)
        #expect(try said(list(endsAfter: 5), stale: "{ warn_before: 0s }").isEmpty)
        let expected = "goes stale in 5 h, at \(moment(5)): \(Self.refused) then; \(Self.mend), or set stale.admit"
        for stale in ["{}", "{ warn_before: 6h }"] {
            #expect(try said(list(endsAfter: 5), stale: stale) == [.warning(fixture.file("issuing.crl"), expected)])
        }
    }

    @Test("A stale list is a warning, whatever stale.admit says, and names what it means for devices")
    func stale() throws {
        let expected = [
            ("{}", "\(Self.refused); \(Self.mend), or set stale.admit"),
            (
                "{ admit: all, grace: 6h }",
                "stale.admit lets devices in until \(moment(1)), after that \(Self.refused); \(Self.mend)"
            ),
            ("{ admit: all, grace: 4h }", "\(Self.refused), as stale.grace ended at \(moment(-1)); \(Self.mend)"),
        ]
        for (stale, consequence) in expected {
            let text = "is stale for 5 h, since \(moment(-5)): \(consequence)"
            #expect(try said(list(endsAfter: -5), stale: stale) == [.warning(fixture.file("issuing.crl"), text)])
        }
    }

    @Test("A list that a newer one replaced is not told of; one whose newer list ended earlier is not replaced")
    func replaced() throws {
        #expect(try said(list(endsAfter: -5), list(endsAfter: 20, number: 2)).isEmpty)
        #expect(try said(list(endsAfter: 20), list(endsAfter: -5, number: 2)).count == 1)
        #expect(try said(list(endsAfter: -5), list(endsAfter: 20, number: 2, deltaBase: 1)).isEmpty)
        let delta = try said(list(endsAfter: 20), list(endsAfter: -5, number: 2, deltaBase: 1))
        let expected = "the list that it changes answers without it until \(moment(20))"
        #expect(delta.count == 1 && delta[0].message.contains(expected), "\(delta)")
    }
}

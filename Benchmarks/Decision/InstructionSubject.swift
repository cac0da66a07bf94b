/// One decision, made so often and nothing else: what callgrind counts.
struct InstructionSubject {
    private static let policies = 1_000
    private static let listEntries = 100
    /// A look-up takes as many instructions among a million; to register so many under callgrind would take minutes.
    private static let registered = 10_000

    let calls: Int

    func run() throws {
        let pki = try BenchmarkPKI()
        let list = try pki.load(pki.writeList("instructions", ofMany: Self.listEntries))
        let device = try pki.issuing.issueDevice("urn:hospital:device:pump:0042")
        let whole = try WholeDecision(
            pki, [device], pki.paths([device]), list, policies: Self.policies, registered: Self.registered)
        for call in 0..<calls { try whole.ask(call) }
        print("\(calls) decisions: registered among \(Self.registered), permitted by the last of \(Self.policies) policies")
    }
}

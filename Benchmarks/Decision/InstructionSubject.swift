/// One decision, made so often and nothing else: what callgrind counts.
struct InstructionSubject {
    private static let policies = 1_000
    private static let listEntries = 100

    let calls: Int

    func run() throws {
        let pki = try BenchmarkPKI()
        let list = try pki.load(pki.writeList("instructions", ofMany: Self.listEntries))
        let snapshot = try pki.snapshot([list], policies: Self.policies)
        let path = try pki.paths([pki.issuing.issueDevice("urn:hospital:device:pump:0042")])[0]
        for _ in 0..<calls { try pki.judge(path, snapshot, .permitted) }
        print("\(calls) decisions: permitted by the last of \(Self.policies) policies")
    }
}

import LabPKI
import VerificationCore
import X509

/// The decision on a known path: what a returning device costs beside its handshake. The digest of what it presents stands for
/// what was read of it, so that its certificate is not parsed again; what a parse would cost is told beside it.
struct DecisionStory {
    static let title = "decision on a known path, list of 100,000 entries"
    static let listEntries = 100_000
    private static let callsPerRound = 20_000
    private static let policyCounts = [1, 1_000]
    private static let registeredDevices = 1_000_000

    let pki: BenchmarkPKI
    let table: ResultTable

    func tell() throws {
        table.begin(Self.title)
        let devices = try pki.devices(.random)
        let paths = try pki.paths(devices)
        let list = try pki.load(pki.writeList("decision", ofMany: Self.listEntries))
        let revoking = try pki.load(
            pki.writeList("revoking", revoking: devices.map { LabRevokedEntry($0) }, ofMany: Self.listEntries))
        try ask("permitted", paths, list, .permitted)
        try ask("revoked, confirmed by its record", paths, revoking, .revoked)
        for choice in [SerialChoice.consecutive, .equalLowBits] { try askHostile(choice) }
        try askWhole(devices, paths, list)
    }

    private func ask(
        _ question: String, _ paths: [VerifiedPath], _ list: IndexedList, _ expected: BenchmarkPKI.Expectation
    ) throws {
        for policies in Self.policyCounts {
            let snapshot = try pki.snapshot([list], policies: policies)
            let time = try CallTime(calls: Self.callsPerRound) { call in
                try pki.judge(paths[call % paths.count], snapshot, expected)
            }
            let noun = policies == 1 ? "1 policy" : "\(policies) policies"
            table.row("\(question), \(noun)", time, note(time))
        }
    }

    private func note(_ time: CallTime) -> String {
        "best \(ResultTable.text(nanoseconds: time.best)) · \(ResultTable.allocations(time))"
    }

    /// The devices are not on the list, whose entries and theirs were chosen alike.
    private func askHostile(_ choice: SerialChoice) throws {
        let entries = (0..<Self.listEntries).compactMap { choice.octets($0).map { LabRevokedEntry(serial: $0) } }
        let list = try pki.load(pki.writeList("hostile-\(choice)", revoking: entries, ofMany: 0))
        let paths = try pki.paths(pki.devices(choice, from: Self.listEntries))
        try ask("permitted, \(choice.rawValue)", paths, list, .permitted)
    }

    /// All that the gateway does about a returning device in its handshake, by the function that it calls there: the digest of
    /// the chain, and the decision from there on.
    private func askWhole(_ devices: [LabCertificate], _ paths: [VerifiedPath], _ list: IndexedList) throws {
        let whole = try WholeDecision(pki, devices, paths, list, policies: 1_000, registered: Self.registeredDevices)
        let time = try CallTime(calls: Self.callsPerRound) { call in try whole.ask(call) }
        table.row("whole: cached path, two look-ups, identity, 1,000,000 devices, 1000 policies", time, note(time))
        let presented = try devices.map(pki.presented)
        let digest = try CallTime(calls: Self.callsPerRound) { call in
            guard whole.isKey(presented[call % presented.count].fingerprint, of: call) else {
                throw Disagreement(question: "the digest of a chain")
            }
        }
        table.row("apart from it: SHA-256 over the chain", digest, note(digest))
        let certificates = devices.map(\.der)
        let parse = try CallTime(calls: Self.callsPerRound) { call in
            _ = try Certificate(der: certificates[call % certificates.count])
        }
        table.row("not needed for it: parse a device certificate (\(certificates[0].count) octets)", parse, note(parse))
    }
}

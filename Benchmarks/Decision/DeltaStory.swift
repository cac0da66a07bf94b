import LabPKI
import VerificationCore

/// What deltas cost a look-up, and how long one takes to load.
struct DeltaStory {
    static let title = "deltas of 1,000 entries over a list of 100,000"
    private static let baseEntries = 100_000
    private static let deltaEntries = 1_000
    private static let callsPerRound = 20_000

    let pki: BenchmarkPKI
    let table: ResultTable

    func tell() throws {
        table.begin(Self.title)
        let base = try pki.load(pki.writeList("base", ofMany: Self.baseEntries))
        // Each continues the one before it (RFC 5280 §5.2.4), so that all are asked.
        let bases: [UInt64] = [1, 2, 3]
        let files = try bases.map { number in
            try pki.writeList(
                "delta-\(number)", ofMany: Self.deltaEntries, seed: number + 1, number: number + 1, deltaBase: number)
        }
        let load = try CallTime(eachOf: 15) { _ = try pki.loadFile(files[0]) }
        table.row("load of a delta, file to finished table", load)
        let deltas = try files.map(pki.load)
        let paths = try pki.paths(pki.devices(.random))
        for count in [0, 1, 3] {
            let index = RevocationIndex(lists: [base] + deltas.prefix(count))
            let newest = deltas.prefix(count).last ?? base
            let time = try CallTime(calls: Self.callsPerRound) { call in
                let status = index.status(
                    of: paths[call % paths.count].certificates[0], under: "ca", now: pki.now, clockSkewSeconds: 300)
                guard case .good(let list) = status, list === newest else {
                    throw Disagreement(question: "a certificate that no list names")
                }
            }
            let noun = count == 1 ? "1 delta" : "\(count) deltas"
            table.row("look-up with \(noun)", time, ResultTable.allocations(time))
        }
    }
}

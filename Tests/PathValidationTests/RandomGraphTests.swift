import LabPKI
import Testing

@Suite("Random graphs of authorities")
struct RandomGraphTests {
    @Test("the engine finds a path exactly when enumerating all of them does", arguments: [0, 100, 200, 300, 400])
    func agrees(firstSeed: UInt64) throws {
        let keys = try (0..<8).map { _ in try LabKey() }
        var valid = 0
        for seed in firstSeed..<(firstSeed + 100) {
            let graph = try RandomGraph(seed: seed, keys: keys)
            let failure = try PathLaboratory(graph.root).failure(graph.leaf, graph.edges.map(\.der))
            #expect((failure == nil) == graph.hasValidPath, "seed \(seed): \(failure?.diagnosis ?? "a path")")
            #expect(failure?.disagreement == nil)
            valid += graph.hasValidPath ? 1 : 0
        }
        // Both answers are common.
        #expect(valid > 15 && valid < 85, "\(valid)")
    }
}

import LabPKI
import RandomTesting
import Testing

/// One valid path among dead ends of every kind, in graphs of every shape.
@Suite("Graphs of dead ends")
struct DeadEndGraphTests {
    @Test(
        "the one valid path is found and no other, in whatever order the certificates come",
        arguments: DeadEndGraph.Shape.allCases, DeadEndGraph.DeadEnd.allCases
    )
    func oneValidPath(_ shape: DeadEndGraph.Shape, _ deadEnd: DeadEndGraph.DeadEnd) throws {
        guard let graph = try DeadEndGraph(shape, deadEnd) else { return }
        let lab = PathLaboratory(graph.root)
        let expected = [[graph.leaf.der] + graph.valid + [graph.root.der]]
        var random = SplitMix64(seed: 7)
        let orders = [graph.dead + graph.valid, graph.valid + graph.dead, (graph.dead + graph.valid).shuffled(using: &random)]
        for presented in orders { #expect(try lab.paths(graph.leaf, presented) == expected) }
        // From the configuration, too.
        var configured = lab
        configured.intermediates = orders[2]
        #expect(try configured.paths(graph.leaf, []) == expected)
        configured.intermediates = graph.dead
        #expect(try configured.paths(graph.leaf, graph.valid) == expected)
    }

    @Test("without it, all that is left is refused", arguments: DeadEndGraph.Shape.allCases, DeadEndGraph.DeadEnd.allCases)
    func noValidPath(_ shape: DeadEndGraph.Shape, _ deadEnd: DeadEndGraph.DeadEnd) throws {
        guard let graph = try DeadEndGraph(shape, deadEnd) else { return }
        let lab = PathLaboratory(graph.root)
        for missing in graph.valid.indices {
            var rest = graph.valid
            rest.remove(at: missing)
            let failure = try lab.failure(graph.leaf, graph.dead + rest)
            #expect(
                failure != nil && failure?.disagreement == nil, "\(failure?.diagnosis ?? "a path without certificate \(missing)")"
            )
        }
    }
}

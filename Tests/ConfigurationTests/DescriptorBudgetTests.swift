import Configuration
import Testing

@Suite("Connections fit the process's descriptors")
struct DescriptorBudgetTests {
    @Test("What fits is given as asked, to the last descriptor", arguments: [1000, 40_064, 1 << 20, Int.max])
    func fits(limit: Int) {
        let wanted = limit == 1000 ? ["a": 400, "b": 68] : ["a": 20_000]
        #expect(DescriptorBudget(limit: limit).connections(wanted) == wanted)
    }

    @Test(
        "What does not fit is scaled down in proportion, and one connection is left to each",
        arguments: [
            (40_063, ["a": 20_000], ["a": 19_999]),
            (1024, ["a": 20_000], ["a": 480]),
            (1024, ["a": 30_000, "b": 10_000], ["a": 360, "b": 120]),
            (1024, ["a": 1_000_000, "b": 1], ["a": 479, "b": 1]),
            (64, ["a": 20_000, "b": 7], ["a": 1, "b": 1]),
            (3, ["a": 2], ["a": 1]),
        ])
    func scaled(limit: Int, wanted: [String: Int], given: [String: Int]) {
        #expect(DescriptorBudget(limit: limit).connections(wanted) == given)
    }

    @Test("The scaled numbers never need more than there is", arguments: 66...400)
    func bounded(limit: Int) {
        let given = DescriptorBudget(limit: limit).connections(["a": 500, "b": 499])
        let sum = given.values.reduce(0, +)
        #expect(DescriptorBudget.needed(connections: sum) <= max(limit, DescriptorBudget.needed(connections: given.count)))
        #expect(given.values.allSatisfy { $0 >= 1 })
    }
}

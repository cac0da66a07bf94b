import Observability
import Testing

@Suite("Counts of several loops add up")
struct CounterTests {
    @Test("a reader sees the sum of every loop's table, exact once the writers are done")
    func totals() async {
        let tables = (0..<2).map { _ in CounterTable(count: 3) }
        await withTaskGroup(of: Void.self) { group in
            for table in tables {
                group.addTask {
                    for _ in 0..<100_000 { table.add(at: 1) }
                    table.add(5, at: 2)
                }
            }
        }
        #expect(CounterTable.total(tables, at: 0) == 0)
        #expect(CounterTable.total(tables, at: 1) == 200_000)
        #expect(CounterTable.total(tables, at: 2) == 10)
        #expect(tables[0].count == 3)
        #expect(tables[0][1] == 100_000)
    }

    @Test("a gauge falls, below zero on one loop when a session ended where it did not begin")
    func gauges() {
        let tables = (0..<2).map { _ in GaugeTable(count: 1) }
        tables[0].add(3, at: 0)
        tables[1].add(-1, at: 0)
        #expect(tables[1][0] == -1)
        #expect(GaugeTable.total(tables, at: 0) == 2)
    }

    @Test("a counter counts")
    func single() {
        let counter = Counter()
        counter.add()
        counter.add(41)
        #expect(counter.value == 42)
    }

    @Test("an index beyond the table ends the process")
    func bounds() async {
        await #expect(processExitsWith: .failure) { CounterTable(count: 2).add(at: 2) }
        await #expect(processExitsWith: .failure) { _ = CounterTable(count: 2)[-1] }
    }
}

/// A row out of a JSON object.
enum JSONRow {
    static func row(_ node: JSONNode, line: Int) -> InventoryLine {
        guard case .object(let members) = node else {
            return .faulty([ImportProblem(line, "file", found: "something else", expected: "an object")])
        }
        var row = InventoryRow(line: line)
        var problems: [ImportProblem] = []
        for (name, value) in members {
            guard let column = InventoryColumn(rawValue: name) else {
                problems.append(.unknownColumn(name, line: line))
                continue
            }
            switch cell(value) {
            case .success(let cell): row[column] = cell
            case .failure: problems.append(ImportProblem(line, name, found: "a mixed list", expected: column.expectation))
            }
        }
        return problems.isEmpty ? .row(row) : .faulty(problems)
    }

    private struct Mixed: Error {}

    private static func cell(_ value: JSONNode) -> Result<InventoryRow.Cell?, Mixed> {
        switch value {
        case .null: return .success(nil)
        case .literal(let text), .string(let text): return .success(.text(text))
        case .array(let elements):
            let texts = elements.compactMap(\.text)
            if texts.count == elements.count { return .success(.list(texts)) }
            let objects = elements.filter { if case .object = $0 { true } else { false } }
            return objects.count == elements.count ? .success(.objects(objects)) : .failure(Mixed())
        case .object(let members):
            let pairs = members.compactMap { member in member.value.text.map { (member.name, $0) } }
            return pairs.count == members.count ? .success(.pairs(pairs)) : .failure(Mixed())
        }
    }
}

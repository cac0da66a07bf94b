import FileSystem

/// Rows of an inventory file, one at a time, whatever their spelling.
protocol InventorySource: ~Copyable {
    /// Nil at the end.
    mutating func next() throws(InventoryFault) -> InventoryLine?

    /// How far the file is read.
    var octetCount: Int { get }
}

/// What stands in one place of an inventory file.
enum InventoryLine {
    case row(InventoryRow)
    /// Reading goes on with the next.
    case faulty([ImportProblem])
}

/// Why reading cannot go on.
enum InventoryFault: Error {
    case problems([ImportProblem])
    case unreadable(FileContents.Failure)
}

extension ImportProblem {
    static func unknownColumn(_ name: String, line: Int) -> Self {
        let names = InventoryColumn.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(line, "column", found: "'\(name)'", expected: "one of \(names)")
    }

    init(_ line: Int, _ column: String, found: String, expected: String) {
        self.init(line: line, fault: .unexpected(column: column, found: found, expected: expected))
    }
}

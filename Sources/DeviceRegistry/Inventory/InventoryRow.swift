/// One device of an inventory file, as it stands there: where it begins, and what it says in which column.
struct InventoryRow {
    enum Cell {
        case text(String)
        /// Of JSON alone: CSV spells all of these as text.
        case list([String])
        case pairs([(String, String)])
        case objects([JSONNode])
    }

    let line: Int
    private var cells: [Cell?]

    init(line: Int) {
        self.line = line
        cells = Array(repeating: nil, count: InventoryColumn.allCases.count)
    }

    subscript(column: InventoryColumn) -> Cell? {
        get { cells[column.index] }
        set { cells[column.index] = newValue }
    }

    /// By ``InventoryColumn/index``, for readers that have it at hand.
    mutating func set(_ cell: Cell, at index: Int) { cells[index] = cell }
}

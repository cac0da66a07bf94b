import GRDB
import PKITypes

/// A row's columns, read in order. What nothing of ours can have written is an error and not a trap.
struct SQLiteColumns {
    private let row: Row
    private var position = 0

    init(_ row: Row) { self.row = row }

    mutating func text(_ column: String) throws(StoreFailure) -> String {
        try value(column) { String.fromDatabaseValue($0) }
    }

    mutating func octets(_ column: String) throws(StoreFailure) -> [UInt8] {
        try value(column) { value in
            if case .blob(let data) = value.storage { Array(data) } else { nil }
        }
    }

    mutating func optionalOctets(_ column: String) throws(StoreFailure) -> [UInt8]? {
        try optional { columns throws(StoreFailure) in try columns.octets(column) }
    }

    mutating func integer(_ column: String) throws(StoreFailure) -> Int64 {
        try value(column) { value in
            if case .int64(let number) = value.storage { number } else { nil }
        }
    }

    mutating func moment(_ column: String) throws(StoreFailure) -> UnixSeconds { UnixSeconds(try integer(column)) }

    mutating func optionalMoment(_ column: String) throws(StoreFailure) -> UnixSeconds? {
        try optional { columns throws(StoreFailure) in try columns.moment(column) }
    }

    /// Through a reader of ours, which knows what the column may hold.
    mutating func value<Value>(
        _ column: String, _ read: (DatabaseValue) -> Value?
    ) throws(StoreFailure) -> Value {
        let found: DatabaseValue = row[position]
        position += 1
        guard let value = read(found) else { throw .unreadableRow(column: column) }
        return value
    }

    /// Whether the next column holds nothing.
    var isNull: Bool { row.hasNull(atIndex: position) }

    mutating func skip(_ count: Int) { position += count }

    private mutating func optional<Value>(
        _ read: (inout Self) throws(StoreFailure) -> Value
    ) throws(StoreFailure) -> Value? {
        if isNull {
            position += 1
            return nil
        }
        return try read(&self)
    }
}

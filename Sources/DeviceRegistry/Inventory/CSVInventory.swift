/// Rows of a CSV file whose first record names the columns.
struct CSVInventory: InventorySource, ~Copyable {
    private var reader: CSVReader
    /// Of each field, the index of its column.
    private let columns: [Int]

    private init(_ reader: consuming CSVReader, columns: [Int]) {
        self.reader = reader
        self.columns = columns
    }

    static func open(_ path: String) throws(InventoryFault) -> CSVInventory {
        var reader = try reader(of: path)
        let columns = try header(&reader)
        return CSVInventory(reader, columns: columns)
    }

    private static func reader(of path: String) throws(InventoryFault) -> CSVReader {
        do { return try CSVReader(path) } catch { throw .unreadable(error) }
    }

    var octetCount: Int { reader.octetCount }

    mutating func next() throws(InventoryFault) -> InventoryLine? {
        let record: CSVReader.Record?
        do {
            record = try reader.next()
        } catch {
            guard case .problems(let problems) = Self.fault(error) else { throw Self.fault(error) }
            return .faulty(problems)
        }
        guard let record else { return nil }
        guard record.fields.count == columns.count else {
            let found = "\(record.fields.count) fields"
            return .faulty([ImportProblem(record.line, "record", found: found, expected: "\(columns.count), as the header names")]
            )
        }
        var row = InventoryRow(line: record.line)
        for (field, column) in zip(record.fields, columns) {
            row.set(.text(field), at: column)
        }
        return .row(row)
    }

    private static func header(_ reader: inout CSVReader) throws(InventoryFault) -> [Int] {
        let record: CSVReader.Record?
        do { record = try reader.next() } catch { throw fault(error) }
        guard let record else {
            throw .problems([ImportProblem(1, "header", found: "an empty file", expected: "a line that names the columns")])
        }
        var problems: [ImportProblem] = []
        var columns: [Int] = []
        for name in record.fields {
            let column = InventoryColumn(rawValue: name.trimmingSpaces.lowercased())
            if column == nil { problems.append(ImportProblem.unknownColumn(name, line: record.line)) }
            if let column, columns.contains(column.index) {
                problems.append(ImportProblem(record.line, name, found: "the column twice", expected: "it once"))
            }
            if let column { columns.append(column.index) }
        }
        if problems.isEmpty, !columns.contains(InventoryColumn.identity.index) {
            problems.append(ImportProblem(record.line, "header", found: "no column 'identity'", expected: "one"))
        }
        guard problems.isEmpty else { throw .problems(problems) }
        return columns
    }

    private static func fault(_ fault: CSVReader.Fault) -> InventoryFault {
        func problem(_ line: Int, found: String, expected: String) -> InventoryFault {
            .problems([ImportProblem(line, "record", found: found, expected: expected)])
        }
        return switch fault {
        case .quoteInField(let line):
            problem(line, found: "'\"' within a field", expected: "the field in quotes, and the quote in it twice")
        case .textBehindQuote(let line):
            problem(line, found: "text behind a closing quote", expected: "',' or the end of the line")
        case .unterminatedQuote(let line): problem(line, found: "the end of the file", expected: "a closing quote")
        case .fieldTooLong(let line):
            problem(line, found: "a longer field", expected: "at most \(CSVReader.fieldOctetsMax) octets")
        case .tooManyFields(let line): problem(line, found: "more fields", expected: "at most \(CSVReader.fieldsMax)")
        case .notUTF8(let line): problem(line, found: "octets that are not UTF-8", expected: "UTF-8")
        case .unreadable(let failure): .unreadable(failure)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

import FileSystem

/// Records of a CSV file (RFC 4180), one at a time; the first names the columns.
struct CSVReader: ~Copyable {
    /// What keeps a field from being read. The rest of its record is passed over.
    enum Fault: Error {
        case quoteInField(line: Int)
        case textBehindQuote(line: Int)
        case unterminatedQuote(line: Int)
        case fieldTooLong(line: Int)
        case tooManyFields(line: Int)
        case notUTF8(line: Int)
        case unreadable(FileContents.Failure)
    }

    struct Record {
        /// Where it begins: a quoted field may hold line ends.
        let line: Int
        var fields: [String]
    }

    private var stream: OctetStream
    private var field: [UInt8] = []

    static let fieldOctetsMax = 1 << 20
    static let fieldsMax = 256

    init(_ path: String) throws(FileContents.Failure) { stream = try OctetStream(path) }

    var octetCount: Int { stream.octetCount }

    /// Nil at the end. Empty lines are no records.
    mutating func next() throws(Fault) -> Record? {
        do throws(FileContents.Failure) {
            while let octet = try stream.peek(), octet == Self.newline || octet == Self.carriageReturn { _ = try stream.next() }
            guard try stream.peek() != nil else { return nil }
        } catch {
            throw .unreadable(error)
        }
        var record = Record(line: stream.line, fields: [])
        record.fields.reserveCapacity(InventoryColumn.allCases.count)
        while true {
            let ending = try readField(of: record.line)
            guard record.fields.count < Self.fieldsMax else {
                throw try skipLine(.tooManyFields(line: record.line), after: ending)
            }
            guard let text = String(validating: field, as: UTF8.self) else {
                throw try skipLine(.notUTF8(line: record.line), after: ending)
            }
            record.fields.append(text)
            if ending == .record { return record }
        }
    }

    private enum Ending { case field, record }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private mutating func readField(of line: Int) throws(Fault) -> Ending {
        field.removeAll(keepingCapacity: true)
        guard let first = try octet() else { return .record }
        if first == Self.quote { return try readQuoted(line) }
        var current: UInt8? = first
        while let octet = current {
            switch octet {
            case Self.comma: return .field
            case Self.newline:
                if field.last == Self.carriageReturn { field.removeLast() }
                return .record
            case Self.quote: throw try skipLine(.quoteInField(line: line), after: .field)
            default: field.append(octet)
            }
            guard field.count <= Self.fieldOctetsMax else { throw try skipLine(.fieldTooLong(line: line), after: .field) }
            current = try self.octet()
        }
        if field.last == Self.carriageReturn { field.removeLast() }
        return .record
    }

    private mutating func readQuoted(_ line: Int) throws(Fault) -> Ending {
        while let octet = try octet() {
            if octet != Self.quote {
                field.append(octet)
                guard field.count <= Self.fieldOctetsMax else { throw try skipLine(.fieldTooLong(line: line), after: .field) }
                continue
            }
            switch try self.octet() {
            case Self.quote: field.append(Self.quote)
            case Self.comma: return .field
            case Self.newline, nil: return .record
            case Self.carriageReturn:
                let following = try self.octet()
                if following == nil || following == Self.newline { return .record }
                throw try skipLine(.textBehindQuote(line: line), after: .field)
            default: throw try skipLine(.textBehindQuote(line: line), after: .field)
            }
        }
        throw .unterminatedQuote(line: line)
    }

    private mutating func octet() throws(Fault) -> UInt8? {
        do { return try stream.next() } catch { throw .unreadable(error) }
    }

    private mutating func skipLine(_ fault: Fault, after ending: Ending) throws(Fault) -> Fault {
        guard ending == .field else { return fault }
        while let octet = try octet(), octet != Self.newline {}
        return fault
    }
}

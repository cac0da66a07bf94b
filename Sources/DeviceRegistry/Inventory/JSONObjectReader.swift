import FileSystem

/// Objects of a JSON file, one at a time: elements of one array, or one after the other.
struct JSONObjectReader: ~Copyable {
    enum Fault: Error {
        case unexpected(line: Int, found: String, expected: String)
        case tooLong(line: Int)
        case unreadable(FileContents.Failure)
    }

    private enum Place { case start, inArray, between, end }

    private var stream: OctetStream
    private var place = Place.start
    private var object: [UInt8] = []

    static let objectOctetsMax = 4 << 20

    init(_ path: String) throws(FileContents.Failure) { stream = try OctetStream(path) }

    var octetCount: Int { stream.octetCount }

    /// The next object's octets and the line that it begins in; nil at the end.
    mutating func next() throws(Fault) -> (line: Int, octets: [UInt8])? {
        while let octet = try self.octet() {
            switch (octet, place) {
            case (0x20, _), (0x09, _), (0x0a, _), (0x0d, _): continue
            case (UInt8(ascii: "["), .start): place = .inArray
            case (UInt8(ascii: ","), .inArray) where !object.isEmpty: object.removeAll(keepingCapacity: true)
            case (UInt8(ascii: "]"), .inArray): place = .end
            case (UInt8(ascii: "{"), .start), (UInt8(ascii: "{"), .between):
                place = .between
                return try readObject()
            case (UInt8(ascii: "{"), .inArray) where object.isEmpty: return try readObject()
            default:
                let expected = place == .end ? "the end of the file" : object.isEmpty ? "an object" : "',' or ']'"
                throw .unexpected(line: stream.line, found: "'\(Character(Unicode.Scalar(octet)))'", expected: expected)
            }
        }
        guard place != .inArray else { throw .unexpected(line: stream.line, found: "the end of the file", expected: "']'") }
        return nil
    }

    /// As far as its braces go; what stands between them, the parser judges.
    private mutating func readObject() throws(Fault) -> (line: Int, octets: [UInt8]) {
        let line = stream.line
        object = [UInt8(ascii: "{")]
        var depth = 1
        var isInString = false
        var isEscaped = false
        while let octet = try self.octet() {
            object.append(octet)
            guard object.count <= Self.objectOctetsMax else { throw .tooLong(line: line) }
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if octet == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if octet
                    == UInt8(ascii: "\"")
                {
                    isInString = false
                }
                continue
            }
            switch octet {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return (line, object) }
            default: break
            }
        }
        throw .unexpected(line: line, found: "an object without an end", expected: "'}'")
    }

    private mutating func octet() throws(Fault) -> UInt8? {
        do { return try stream.next() } catch { throw .unreadable(error) }
    }
}

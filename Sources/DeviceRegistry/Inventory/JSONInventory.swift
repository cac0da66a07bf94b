/// Rows of a JSON file: an object is a device.
struct JSONInventory: InventorySource, ~Copyable {
    private var reader: JSONObjectReader

    init(_ path: String) throws(InventoryFault) {
        do { reader = try JSONObjectReader(path) } catch { throw .unreadable(error) }
    }

    var octetCount: Int { reader.octetCount }

    mutating func next() throws(InventoryFault) -> InventoryLine? {
        let object: (line: Int, octets: [UInt8])?
        do {
            object = try reader.next()
        } catch {
            switch error {
            case .unexpected(let line, let found, let expected):
                throw .problems([ImportProblem(line, "file", found: found, expected: expected)])
            case .tooLong(let line):
                let limit = "an object of at most \(JSONObjectReader.objectOctetsMax) octets"
                throw .problems([ImportProblem(line, "file", found: "more", expected: limit)])
            case .unreadable(let failure): throw .unreadable(failure)
            }
        }
        guard let (line, octets) = object else { return nil }
        do throws(JSONNode.Fault) {
            return JSONRow.row(try JSONNode(octets), line: line)
        } catch {
            let passed = octets.prefix(error.offset)
            let faultLine = line + passed.count { $0 == UInt8(ascii: "\n") }
            let found = "'\(String(decoding: octets.dropFirst(error.offset).prefix(20), as: UTF8.self))'"
            return .faulty([ImportProblem(faultLine, "object", found: found, expected: error.expected)])
        }
    }
}

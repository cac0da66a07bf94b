import FileSystem

/// A file's octets one by one, read in pieces, with the line that they stand in.
struct OctetStream: ~Copyable {
    private(set) var line = 1
    private(set) var octetCount = 0
    private var reader: FileReader
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var position = 0
    private var end = 0
    private var isAtEnd = false

    /// A million devices with all that can be said of them; more is a mistake.
    static let fileOctetsMax = 8 << 30

    init(_ path: String) throws(FileContents.Failure) {
        reader = try FileReader(path, limit: Self.fileOctetsMax)
    }

    /// Nil at the end.
    mutating func peek() throws(FileContents.Failure) -> UInt8? {
        if position == end { try fill() }
        return position == end ? nil : buffer[position]
    }

    @inline(__always)
    mutating func next() throws(FileContents.Failure) -> UInt8? {
        if position == end {
            try fill()
            if position == end { return nil }
        }
        let octet = buffer[position]
        position += 1
        if octet == UInt8(ascii: "\n") { line += 1 }
        return octet
    }

    private mutating func fill() throws(FileContents.Failure) {
        guard !isAtEnd else { return }
        let got = try reader.read(into: &buffer)
        position = 0
        // A byte order mark, as spreadsheets write it.
        if octetCount == 0, got >= 3, buffer[0] == 0xef, buffer[1] == 0xbb, buffer[2] == 0xbf { position = 3 }
        end = got
        octetCount += got
        isAtEnd = got == 0
    }
}

import Glibc

/// The lines of a descriptor, one at a time, each bounded: what is longer is passed over and reported as such.
struct BatchLineReader: ~Copyable {
    enum Line: Hashable {
        case complete([UInt8])
        case tooLong
    }

    struct Failure: Error { let code: Int32 }

    private let descriptor: Int32
    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the next line starts in `buffer`, and up to where it is known to hold no line end.
    private var start = 0
    private var searched = 0
    private var isAtEnd = false

    private static let readOctets = 256 * 1024

    init(descriptor: Int32, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Nil at the end of input; a last line without its end is a line.
    mutating func next() throws(Failure) -> Line? {
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[start..<end]
                (start, searched) = (end + 1, end + 1)
                return isTooLong || line.count > limit ? .tooLong : .complete(Array(line))
            }
            if isAtEnd {
                let line = buffer[start...]
                (start, searched) = (buffer.count, buffer.count)
                if isTooLong || line.count > limit { return .tooLong }
                return line.isEmpty ? nil : .complete(Array(line))
            }
            if buffer.count - start > limit {
                isTooLong = true
                start = buffer.count
            }
            try fill()
        }
    }

    private mutating func fill() throws(Failure) {
        buffer.removeFirst(start)
        start = 0
        searched = buffer.count
        var code: Int32 = 0
        let octets = [UInt8](unsafeUninitializedCapacity: Self.readOctets) { space, initialized in
            var count = Glibc.read(descriptor, space.baseAddress, space.count)
            while count < 0 && errno == EINTR { count = Glibc.read(descriptor, space.baseAddress, space.count) }
            code = count < 0 ? errno : 0
            initialized = max(0, count)
        }
        guard code == 0 else { throw Failure(code: code) }
        buffer += octets
        isAtEnd = octets.isEmpty
    }
}

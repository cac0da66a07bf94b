import PKITypes

/// The naive structure: every serial number in order, in memory.
struct SortedSerials {
    private let serials: [SerialNumber]

    init(_ serials: [SerialNumber]) { self.serials = serials.sorted() }

    var residentOctets: Int { serials.count * MemoryLayout<SerialNumber>.stride }

    func contains(_ serial: SerialNumber) -> Bool {
        serials.withUnsafeBufferPointer { serials in
            var low = 0
            var high = serials.count
            while low < high {
                let middle = (low + high) / 2
                if serials[middle] < serial { low = middle + 1 } else { high = middle }
            }
            return low < serials.count && serials[low] == serial
        }
    }

    func withOctets<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try serials.withUnsafeBytes(body)
    }
}

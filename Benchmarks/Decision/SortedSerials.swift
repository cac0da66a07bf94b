import PKITypes

/// The naive structure: every serial number in order, in memory.
struct SortedSerials {
    private let serials: [SerialNumber]

    init(_ serials: [SerialNumber]) { self.serials = serials.sorted() }

    var residentOctets: Int { serials.count * MemoryLayout<SerialNumber>.stride }

    func contains(_ serial: SerialNumber) -> Bool { serials.withUnsafeBufferPointer { $0.holdInOrder(serial) } }

    func withOctets<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try serials.withUnsafeBytes(body)
    }
}

extension UnsafeBufferPointer<SerialNumber> {
    /// Whether these, which stand in order, have one.
    func holdInOrder(_ serial: SerialNumber) -> Bool {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < serial { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == serial
    }
}

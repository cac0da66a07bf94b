import Glibc
import PKITypes
import VerificationCore

/// The second structure that was considered: a Bloom filter in memory, and behind it every serial number in order in a mapped
/// file, which is searched when the filter does not rule a certificate out.
///
/// Mapped, and in memory when it is measured, the file is as fast as it can be. But a loop may take no page fault, so a gateway
/// would have to read each step of the search by a system call.
final class FilteredTable {
    private static let bitsPerEntry = 10
    /// The best for ten bits: one in 120 of the unlisted passes.
    private static let probes = 7

    private let hash = SipHash(keyLow: .random(in: .min ... .max), keyHigh: .random(in: .min ... .max))
    private var filter: [UInt64]
    private let file: UnsafeMutablePointer<FILE>
    private let mapped: UnsafeRawBufferPointer
    private let serials: UnsafeBufferPointer<SerialNumber>

    init(_ serials: [SerialNumber], sorted: SortedSerials, file path: String) throws {
        let bits = serials.count * Self.bitsPerEntry
        filter = [UInt64](repeating: 0, count: (bits + 63) / 64)
        guard let file = fopen(path, "w+") else { throw Disagreement(question: "a file for a table") }
        self.file = file
        let size = try sorted.withOctets { octets in
            guard fwrite(octets.baseAddress, 1, octets.count, file) == octets.count, fflush(file) == 0 else {
                throw Disagreement(question: "a file for a table")
            }
            return octets.count
        }
        guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, fileno(file), 0), address != MAP_FAILED else {
            throw Disagreement(question: "a mapped table")
        }
        mapped = UnsafeRawBufferPointer(start: address, count: size)
        self.serials = mapped.bindMemory(to: SerialNumber.self)
        for serial in serials { forEachBit(of: serial) { filter[$0 >> 6] |= 1 << UInt64($0 & 63) } }
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: mapped.baseAddress), mapped.count)
        fclose(file)
    }

    var residentOctets: Int { filter.count * 8 }

    func contains(_ serial: SerialNumber) -> Bool {
        passes(serial) && serials.holdInOrder(serial)
    }

    /// The same, with the search as a loop would have to do it.
    func containsByReading(_ serial: SerialNumber) throws -> Bool {
        guard passes(serial) else { return false }
        var low = 0
        var high = serials.count
        var found = serial
        while low < high {
            let middle = (low + high) / 2
            let got = withUnsafeMutableBytes(of: &found) { room in
                pread(fileno(file), room.baseAddress, room.count, middle * MemoryLayout<SerialNumber>.stride)
            }
            guard got == MemoryLayout<SerialNumber>.size else { throw Disagreement(question: "a record of a sorted table") }
            if found == serial { return true }
            if found < serial { low = middle + 1 } else { high = middle }
        }
        return false
    }

    private func passes(_ serial: SerialNumber) -> Bool {
        var (position, step) = start(serial)
        return filter.withUnsafeBufferPointer { filter in
            for _ in 0..<Self.probes {
                let bit = Int(position.multipliedFullWidth(by: UInt64(filter.count * 64)).high)
                if filter[bit >> 6] & 1 << UInt64(bit & 63) == 0 { return false }
                position &+= step
            }
            return true
        }
    }

    private func forEachBit(of serial: SerialNumber, _ body: (Int) -> Void) {
        var (position, step) = start(serial)
        for _ in 0..<Self.probes {
            body(Int(position.multipliedFullWidth(by: UInt64(filter.count * 64)).high))
            position &+= step
        }
    }

    /// Two hashes give all the others (Kirsch and Mitzenmacher 2006).
    @inline(__always)
    private func start(_ serial: SerialNumber) -> (position: UInt64, step: UInt64) {
        let first = hash(serial.low, serial.middle, serial.high, tail: UInt64(serial.count))
        return (first, (first &* 0x9e37_79b9_7f4a_7c15 ^ first >> 29) | 1)
    }
}

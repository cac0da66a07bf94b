import Foundation
import FuzzProperties
import Testing

/// What fuzzing found worth keeping, replayed: every input that reached something new, and every one that once broke a promise.
@Suite("Fuzzing corpora")
struct CorpusTests {
    struct Entry: Sendable {
        let target: FuzzTarget
        let name: String
        let octets: [UInt8]
    }

    static let all: [Entry] = FuzzTarget.allCases.flatMap { target -> [Entry] in
        guard let folder = Bundle.module.url(forResource: "Corpora/\(target.rawValue)", withExtension: nil) else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            guard let contents = try? Data(contentsOf: folder.appendingPathComponent(name)) else { return nil }
            return Entry(target: target, name: name, octets: Array(contents))
        }
    }

    @Test("every promise holds for every input kept", arguments: FuzzTarget.allCases.filter { $0 != .canary })
    func replay(target: FuzzTarget) {
        let entries = Self.all.filter { $0.target == target }
        #expect(!entries.isEmpty, "no corpus")
        for entry in entries {
            #expect(throws: Never.self, "\(target.rawValue)/\(entry.name)") { try target.check(entry.octets) }
        }
    }

    @Test("neighbours of the inputs kept break no promise either", arguments: FuzzTarget.allCases.filter { $0 != .canary })
    func neighbours(target: FuzzTarget) {
        for entry in Self.all.filter({ $0.target == target }).prefix(12) where entry.octets.count <= 1_024 {
            for position in stride(from: 0, to: entry.octets.count, by: max(1, entry.octets.count / 24)) {
                var changed = entry.octets
                changed[position] ^= UInt8(truncatingIfNeeded: 1 << (position % 8))
                #expect(throws: Never.self, "\(target.rawValue)/\(entry.name), octet \(position)") { try target.check(changed) }
                let cut = Array(entry.octets.prefix(position))
                #expect(throws: Never.self, "\(target.rawValue)/\(entry.name), cut at \(position)") { try target.check(cut) }
            }
        }
    }

    @Test("the planted fault is one")
    func canary() {
        let planted: [UInt8] = [0x30, 0x08, 0x02, 0x01, 42, 0x04, 0x03] + Array("bug".utf8)
        #expect(throws: BrokenPromise.self) { try FuzzTarget.canary.check(planted) }
        #expect(throws: Never.self) { try FuzzTarget.canary.check(planted.dropLast() + Array("t".utf8)) }
    }

    @Test("the corpora stay small")
    func size() {
        #expect(Self.all.reduce(0) { $0 + $1.octets.count } < 200 * 1_024)
    }
}

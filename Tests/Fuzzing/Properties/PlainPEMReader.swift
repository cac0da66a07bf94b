import X509

/// PEM text read as plainly as it can be: whole, line by line. The oracle of ``PEMStream``, which must say the same of every
/// text with lines of a usual length, failures and their lines too.
enum PlainPEMReader {
    struct Block: Equatable {
        let label: String
        let contents: [UInt8]
        let line: Int
    }

    struct Failure: Error, Equatable {
        let reason: PEMFailure.Reason
        let line: Int
    }

    static func blocks(in text: [UInt8]) -> Result<[Block], Failure> {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Array(line.reversed().drop { [0x20, 0x09, 0x0d].contains($0) }.reversed())
        }
        if text.last == UInt8(ascii: "\n") || text.isEmpty { lines.removeLast() }
        var blocks: [Block] = []
        var next = 0
        do throws(Failure) {
            while next < lines.count {
                if lines[next].starts(with: begin) { blocks.append(try block(lines, &next)) } else { next += 1 }
            }
            return .success(blocks)
        } catch {
            return .failure(error)
        }
    }

    private static func block(_ lines: [[UInt8]], _ next: inout Int) throws(Failure) -> Block {
        let first = next + 1
        guard let label = label(lines[next], after: begin) else { throw Failure(reason: .malformedBoundary, line: first) }
        var base64 = PlainBase64()
        next += 1
        let isHeader = next < lines.count && !lines[next].starts(with: begin) && !lines[next].starts(with: end)
        if isHeader, lines[next].contains(UInt8(ascii: ":")) {
            next += 1
            while next < lines.count, !lines[next].isEmpty, !lines[next].starts(with: end) { next += 1 }
            guard next < lines.count, lines[next].isEmpty else { throw Failure(reason: .missingEnd, line: first) }
            next += 1
        }
        while next < lines.count {
            let line = lines[next]
            next += 1
            if line.starts(with: begin) { break }
            guard line.starts(with: end) else {
                guard line.allSatisfy({ base64.add($0) }) else { throw Failure(reason: .malformedBase64, line: next) }
                continue
            }
            guard self.label(line, after: end) == label else { throw Failure(reason: .labelMismatch, line: next) }
            guard let contents = base64.octets else { throw Failure(reason: .malformedBase64, line: next) }
            guard !contents.isEmpty else { throw Failure(reason: .empty, line: first) }
            return Block(label: label, contents: contents, line: first)
        }
        throw Failure(reason: .missingEnd, line: first)
    }

    private static func label(_ line: [UInt8], after prefix: [UInt8]) -> String? {
        let rest = line.dropFirst(prefix.count)
        guard rest.count > 5, rest.suffix(5).allSatisfy({ $0 == UInt8(ascii: "-") }) else { return nil }
        let label = rest.dropLast(5)
        return label.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? String(decoding: label, as: UTF8.self) : nil
    }

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
}

/// Base64 digit by digit.
private struct PlainBase64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private var bits: [Bool] = []
    private var digits = 0
    private var padding = 0

    /// False when the character cannot stand here.
    mutating func add(_ character: UInt8) -> Bool {
        if let value = Self.alphabet.firstIndex(of: character) {
            guard padding == 0 else { return false }
            for bit in 0..<6 { bits.append(value >> (5 - bit) & 1 == 1) }
            digits += 1
            return true
        }
        guard character == UInt8(ascii: "="), digits % 4 >= 2, digits % 4 + padding < 4 else { return false }
        padding += 1
        return true
    }

    /// Nil when a group is not complete, or bits are left over.
    var octets: [UInt8]? {
        guard (digits + padding) % 4 == 0 else { return nil }
        let whole = bits.count / 8 * 8
        guard bits[whole...].allSatisfy({ !$0 }) else { return nil }
        return stride(from: 0, to: whole, by: 8).map { start in bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) } }
    }
}

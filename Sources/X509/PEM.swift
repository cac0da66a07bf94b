/// PEM text (RFC 7468): DER objects in base64 between labelled lines, with any text around them.
package enum PEM {
    /// One object of a PEM file.
    package struct Block: Hashable, Sendable {
        package let label: String
        package let contents: [UInt8]
        /// Of the BEGIN line, counted from one.
        package let line: Int
    }

    /// What a file of trust material may hold, with the labels that OpenSSL writes for it.
    package enum Content: Sendable {
        case certificates
        case revocationLists

        fileprivate var labels: [String] {
            switch self {
            case .certificates: ["CERTIFICATE", "X509 CERTIFICATE"]
            case .revocationLists: ["X509 CRL"]
            }
        }
    }

    /// Whether a file is PEM rather than DER. Text may precede the first block, and may begin with the character `0`, which
    /// is also how a SEQUENCE begins; a long-form length after it is not text in any encoding.
    package static func isPEM(_ bytes: [UInt8]) -> Bool {
        if bytes.count > 1, bytes[0] == 0x30, (0x81...0x84).contains(bytes[1]) { return false }
        var lines = PEMLines(bytes)
        while let line = lines.next() {
            if line.octets.starts(with: begin) { return true }
        }
        return false
    }

    /// The DER objects of one kind in a file that is either PEM, where other kinds are passed over, or one DER object.
    package static func objects(_ content: Content, in file: [UInt8]) throws(PEMFailure) -> [[UInt8]] {
        guard isPEM(file) else { return file.isEmpty ? [] : [file] }
        return try blocks(in: file).filter { content.labels.contains($0.label) }.map(\.contents)
    }

    package static func blocks(in text: [UInt8]) throws(PEMFailure) -> [Block] {
        var blocks: [Block] = []
        var lines = PEMLines(text)
        while let line = lines.next() {
            guard line.octets.starts(with: begin) else { continue }
            blocks.append(try block(beginning: line, lines: &lines))
        }
        return blocks
    }

    private static func block(beginning: PEMLines.Line, lines: inout PEMLines) throws(PEMFailure) -> Block {
        guard let label = label(of: beginning, after: begin) else { throw PEMFailure(.malformedBoundary, line: beginning.number) }
        var decoder = Base64Decoder()
        var isFirst = true
        while let line = lines.next() {
            if line.octets.starts(with: begin) { throw PEMFailure(.missingEnd, line: beginning.number) }
            if line.octets.starts(with: end) {
                guard self.label(of: line, after: end) == label else { throw PEMFailure(.labelMismatch, line: line.number) }
                guard let contents = decoder.finish() else { throw PEMFailure(.malformedBase64, line: line.number) }
                guard !contents.isEmpty else { throw PEMFailure(.empty, line: beginning.number) }
                return Block(label: label, contents: contents, line: beginning.number)
            }
            if isFirst, line.octets.contains(UInt8(ascii: ":")) {
                try skipHeaders(&lines, of: beginning)
            } else if !decoder.append(line.octets) {
                throw PEMFailure(.malformedBase64, line: line.number)
            }
            isFirst = false
        }
        throw PEMFailure(.missingEnd, line: beginning.number)
    }

    /// The headers of an encrypted private key (RFC 1421 §4.4), which end with an empty line.
    private static func skipHeaders(_ lines: inout PEMLines, of beginning: PEMLines.Line) throws(PEMFailure) {
        while let line = lines.next() {
            if line.octets.isEmpty { return }
            if line.octets.starts(with: end) { break }
        }
        throw PEMFailure(.missingEnd, line: beginning.number)
    }

    private static func label(of line: PEMLines.Line, after prefix: [UInt8]) -> String? {
        let rest = line.octets.dropFirst(prefix.count)
        guard rest.count > dashes.count, rest.suffix(dashes.count).elementsEqual(dashes) else { return nil }
        let label = rest.dropLast(dashes.count)
        guard label.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else { return nil }
        return String(decoding: label, as: UTF8.self)
    }

    private static let begin = Array("-----BEGIN ".utf8)
    private static let end = Array("-----END ".utf8)
    private static let dashes = Array("-----".utf8)
}

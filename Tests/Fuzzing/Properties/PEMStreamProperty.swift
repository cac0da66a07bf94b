import X509

/// PEM text in pieces of any size says what it says read line by line.
package enum PEMStreamProperty {
    /// Lines beyond this may be read without waiting for their end, where one that looks like a boundary is none.
    private static let usualLineOctets = 4_000

    package static func check(_ text: [UInt8]) throws(BrokenPromise) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.allSatisfy({ $0.count <= usualLineOctets }) else { return }
        let whole = PlainPEMReader.blocks(in: text)
        let chosen = text.isEmpty ? 1 : 1 + Int(text[text.count / 2]) % text.count
        for size in [1, 3, 64, chosen, max(1, text.count)] {
            let streamed = streamed(text, inPiecesOf: size)
            try promise(streamed == whole, "\(streamed) in pieces of \(size), line by line \(whole)")
        }
        try promise(PEM.isPEM(text) == isPEM(text, lines), "PEM is told from DER in another way")
    }

    private static func isPEM(_ text: [UInt8], _ lines: [ArraySlice<UInt8>]) -> Bool {
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        let isDER = text.count > 1 && text[0] == 0x30 && (0x81...0x84).contains(text[1])
        return !isDER
            && lines.contains { line in
                line.starts(with: "-----BEGIN ".utf8) && line.dropFirst(11).contains { !blanks.contains($0) }
            }
    }

    private static func streamed(_ text: [UInt8], inPiecesOf size: Int) -> Result<[PlainPEMReader.Block], PlainPEMReader.Failure>
    {
        var stream = PEMStream()
        var blocks: [PlainPEMReader.Block] = []
        var open: (label: String, line: Int)?
        var contents: [UInt8] = []
        func note(_ event: PEMStream.Event?) {
            switch event {
            case .begin(let label, let line):
                open = (label, line)
                contents = []
            case .end: if let open { blocks.append(PlainPEMReader.Block(label: open.label, contents: contents, line: open.line)) }
            case nil: break
            }
        }
        do throws(PEMFailure) {
            var rest = text[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(size))
                let step = try stream.read(piece.span, into: &contents)
                rest = rest.dropFirst(step.used)
                note(step.event)
            }
            note(try stream.finish(into: &contents))
            return .success(blocks)
        } catch {
            return .failure(PlainPEMReader.Failure(reason: error.reason, line: error.line))
        }
    }
}

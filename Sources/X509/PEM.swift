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

        package var labels: [String] {
            switch self {
            case .certificates: ["CERTIFICATE", "X509 CERTIFICATE"]
            case .revocationLists: ["X509 CRL"]
            }
        }
    }

    /// Whether a file is PEM rather than DER. Text may precede the first block, and may begin with the character `0`, which
    /// is also how a SEQUENCE begins.
    package static func isPEM(_ bytes: [UInt8]) -> Bool {
        guard bytes.count < 2 || !beginsDER(bytes[0], bytes[1]) else { return false }
        var stream = PEMStream()
        var contents: [UInt8] = []
        do throws(PEMFailure) {
            if try stream.read(bytes.span, into: &contents).event != nil { return true }
            return try stream.finish(into: &contents) != nil
        } catch {
            // Of a BEGIN line that is none, or of a block that only begins.
            return true
        }
    }

    /// Whether a file that begins with these two octets is DER for certain: a long-form length after a SEQUENCE's tag is not
    /// text in any encoding.
    package static func beginsDER(_ first: UInt8, _ second: UInt8) -> Bool { first == 0x30 && (0x81...0x84).contains(second) }

    /// The DER objects of one kind in a file that is either PEM, where other kinds are passed over, or one DER object.
    package static func objects(_ content: Content, in file: [UInt8]) throws(PEMFailure) -> [[UInt8]] {
        guard isPEM(file) else { return file.isEmpty ? [] : [file] }
        return try blocks(in: file).filter { content.labels.contains($0.label) }.map(\.contents)
    }

    package static func blocks(in text: [UInt8]) throws(PEMFailure) -> [Block] {
        var blocks: [Block] = []
        var stream = PEMStream()
        var open: (label: String, line: Int)?
        var contents: [UInt8] = []
        func note(_ event: PEMStream.Event?) {
            switch event {
            case .begin(let label, let line): open = (label, line)
            case .end:
                if let open { blocks.append(Block(label: open.label, contents: contents, line: open.line)) }
                contents = []
            case nil: break
            }
        }
        var used = 0
        while used < text.count {
            let step = try stream.read(text.span.extracting(used...), into: &contents)
            used += step.used
            note(step.event)
        }
        note(try stream.finish(into: &contents))
        return blocks
    }
}

import X509

/// The DER objects in texts that may also hold junk: what cannot be decoded is passed over and hides nothing beside it.
enum DecodableObjects {
    static func contents(_ content: PEM.Content, of texts: [[UInt8]]) -> [[UInt8]] {
        texts.flatMap { blocks($0) }.flatMap { (try? PEM.objects(content, in: $0)) ?? [] }
    }

    /// The text cut before every BEGIN line, so that a broken block spoils itself alone.
    private static func blocks(_ text: [UInt8]) -> [[UInt8]] {
        guard PEM.isPEM(text) else { return [text] }
        var starts: [Int] = []
        var lineStart = 0
        while lineStart < text.count {
            if text[lineStart...].starts(with: begin) { starts.append(lineStart) }
            guard let lineEnd = text[lineStart...].firstIndex(of: UInt8(ascii: "\n")) else { break }
            lineStart = lineEnd + 1
        }
        return zip(starts, starts.dropFirst() + [text.count]).map { Array(text[$0..<$1]) }
    }

    private static let begin = Array("-----BEGIN ".utf8)
}

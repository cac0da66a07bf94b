import X509

/// A PEM block, written again by an encoder of our own, is the same block, and text in pieces holds the same blocks.
enum PEMProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        try PEMStreamProperty.check(input)
        guard let blocks = try? PEM.blocks(in: input) else { return }
        for block in blocks {
            try promise(!block.contents.isEmpty, "an empty block")
            let text = "-----BEGIN \(block.label)-----\n\(base64(block.contents))\n-----END \(block.label)-----\n"
            let again = try? PEM.blocks(in: Array(text.utf8))
            try promise(again?.map(\.contents) == [block.contents], "a block that is another when written again")
            try promise(again?.map(\.label) == [block.label], "a label that is another when written again")
        }
        for content in [PEM.Content.certificates, .revocationLists] {
            guard let objects = try? PEM.objects(content, in: input), PEM.isPEM(input) else { continue }
            try promise(objects.count <= blocks.count, "more objects than blocks")
        }
    }

    private static func base64(_ octets: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: octets.count, by: 3) {
            let group = octets[start..<min(start + 3, octets.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0..<4 {
                text.append(digit <= group.count ? alphabet[bits >> (18 - 6 * digit) & 63] : "=")
            }
        }
        return text
    }
}

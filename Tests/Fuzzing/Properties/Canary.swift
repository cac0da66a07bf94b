import DER

/// A fault planted behind three conditions that blind guessing does not meet: the reader must accept the input, a number must
/// be right, and so must a text. Exploring by coverage finds it in seconds.
enum Canary {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        var outer = DERReader(input)
        guard var fields = try? outer.readSequence(), let number = try? fields.readSmallInteger(), number == 42,
            let text = try? fields.readOctetString(), text.count >= 3
        else { return }
        let octets = Array(input[text])
        guard octets[0] == UInt8(ascii: "b") else { return }
        guard octets[1] == UInt8(ascii: "u") else { return }
        try promise(octets[2] != UInt8(ascii: "g"), "the planted fault was found")
    }
}

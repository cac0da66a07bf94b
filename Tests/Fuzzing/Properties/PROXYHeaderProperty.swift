import WireTesting

/// A PROXY header is read to its stated end and no further, and one with a checksum is read only as it was sent.
enum PROXYHeaderProperty {
    /// Signature, version and command, family, length.
    private static let prefixOctets = 16

    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        let lenient = try? ReceivedPROXYHeader(decoding: input, checksum: .verifiedIfPresent)
        let strict = try? ReceivedPROXYHeader(decoding: input, checksum: .required)
        guard let header = lenient else {
            try promise(strict == nil, "the strict policy takes what the lenient one refuses")
            return
        }
        if let strict { try promise(strict == header, "the policy changes what is read") }
        try promise(header.length >= prefixOctets && header.length <= input.count, "a length of \(header.length)")
        let alone = Array(input.prefix(header.length))
        for followed in [alone, alone + [0x0d], alone + alone] {
            let again = try? ReceivedPROXYHeader(decoding: followed, checksum: .verifiedIfPresent)
            try promise(again == header, "what follows a header changes it")
        }
        for count in [0, 1, 12, 15, header.length / 2, header.length - 1] where count < header.length {
            do throws(ReceivedPROXYHeader.Failure) {
                _ = try ReceivedPROXYHeader(decoding: Array(alone.prefix(count)), checksum: .verifiedIfPresent)
                throw .notAHeader
            } catch {
                try promise(error == .truncated(bytes: count), "\(count) of \(header.length) octets: \(error)")
            }
        }
        if strict != nil, header.route != .local { try checkChanged(alone) }
        if let fields = try? header.tlsFields() {
            try promise(fields.allSatisfy { $0.value.count <= header.length }, "a field longer than the header")
        }
    }

    /// CRC-32C finds every single bit that changed behind the length field.
    private static func checkChanged(_ header: [UInt8]) throws(BrokenPromise) {
        guard header.count > prefixOctets else { return }
        for bit in UInt8(0)..<8 {
            var changed = header
            changed[changed.count - 1] ^= 1 << bit
            let taken = try? ReceivedPROXYHeader(decoding: changed, checksum: .required)
            try promise(taken == nil, "a changed header was accepted")
        }
    }
}

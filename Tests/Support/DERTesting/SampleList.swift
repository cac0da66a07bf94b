/// A certificate revocation list assembled from parts that a test replaces one by one. Its signature is noise.
package struct SampleList {
    package var version: [UInt8] = Encode.integer(1)
    package var signedAlgorithm = SampleCertificate.ecdsaWithSHA256
    package var outerAlgorithm = SampleCertificate.ecdsaWithSHA256
    package var issuer = Encode.name([("2.5.4.3", Encode.utf8("Ward CA"))])
    package var thisUpdate = Encode.utcTime("260101000000Z")
    package var nextUpdate = Encode.utcTime("260108000000Z")
    /// Encoded entries; nil leaves the field out.
    package var entries: [[UInt8]]?
    /// Extension items; nil leaves the field out.
    package var extensions: [[UInt8]]?
    package var signature = Encode.bitString([UInt8](repeating: 0x5a, count: 64))
    package var trailing: [UInt8] = []

    package init(entries: [[UInt8]]? = nil, extensions: [[UInt8]]? = nil) {
        self.entries = entries
        self.extensions = extensions
    }

    package static func entry(
        _ serial: [UInt8], at moment: String = "251231120000Z", extensions: [[UInt8]] = []
    ) -> [UInt8] {
        let items = extensions.isEmpty ? [] : Encode.sequence(Array(extensions.joined()))
        return Encode.sequence(Encode.integer(octets: serial), Encode.utcTime(moment), items)
    }

    package static func reason(_ code: UInt8) -> [UInt8] { Encode.extensionItem("2.5.29.21", Encode.enumerated(code)) }

    package var toBeSigned: [UInt8] {
        Encode.sequence(
            version, signedAlgorithm, issuer, thisUpdate, nextUpdate,
            entries.map { Encode.sequence(Array($0.joined())) } ?? [],
            extensions.map { Encode.explicit(0, Encode.sequence(Array($0.joined()))) } ?? [])
    }

    package var der: [UInt8] { Encode.sequence(toBeSigned, outerAlgorithm, signature) + trailing }
}

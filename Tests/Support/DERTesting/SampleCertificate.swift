/// A certificate assembled from parts that a test replaces one by one. Its signature is noise.
package struct SampleCertificate {
    package static let ecdsaWithSHA256 = Encode.sequence(Encode.oid("1.2.840.10045.4.3.2"))

    package var version: [UInt8] = Encode.explicit(0, Encode.integer(2))
    package var serial: [UInt8] = Encode.integer(0x12, 0x34)
    package var signedAlgorithm = Self.ecdsaWithSHA256
    package var outerAlgorithm = Self.ecdsaWithSHA256
    package var issuer = Encode.name([("2.5.4.6", Encode.printable("DE")), ("2.5.4.3", Encode.utf8("Ward CA"))])
    package var notBefore = Encode.utcTime("260101000000Z")
    package var notAfter = Encode.generalizedTime("99991231235959Z")
    package var subject = Encode.name([("2.5.4.10", Encode.utf8("Hospital")), ("2.5.4.3", Encode.utf8("Pump 7"))])
    package var publicKey = Encode.sequence(
        Encode.sequence(Encode.oid("1.2.840.10045.2.1"), Encode.oid("1.2.840.10045.3.1.7")),
        Encode.bitString([UInt8](repeating: 4, count: 65)))
    package var uniqueIdentifiers: [UInt8] = []
    /// Extension items; nil leaves the field out.
    package var extensions: [[UInt8]]?
    package var afterExtensions: [UInt8] = []
    package var signature = Encode.bitString([UInt8](repeating: 0x5a, count: 64))
    package var trailing: [UInt8] = []

    package init() {}

    package init(subjectAlternativeNames names: [UInt8]...) {
        extensions = [Encode.extensionItem("2.5.29.17", Encode.sequence(Array(names.joined())))]
    }

    package var toBeSigned: [UInt8] {
        let extensionField = extensions.map { Encode.explicit(3, Encode.sequence(Array($0.joined()))) } ?? []
        return Encode.sequence(
            version, serial, signedAlgorithm, issuer, Encode.sequence(notBefore, notAfter), subject, publicKey,
            uniqueIdentifiers, extensionField, afterExtensions)
    }

    package var der: [UInt8] { Encode.sequence(toBeSigned, outerAlgorithm, signature) + trailing }
}

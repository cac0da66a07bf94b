import DER

/// Whether a certificate's subject is a CA, and how many intermediates may follow it (RFC 5280 §4.2.1.9).
package struct BasicConstraints: Hashable, Sendable {
    package let isCA: Bool
    /// nil: no limit.
    package let pathLength: Int?

    package init(isCA: Bool, pathLength: Int?) {
        self.isCA = isCA
        self.pathLength = pathLength
    }

    init(from extensionValue: DERReader) throws(DERFailure) {
        var outer = extensionValue
        var reader = try outer.readSequence()
        try outer.requireEnd()
        isCA = try reader.readBooleanDefaultFalse()
        let start = reader.position
        pathLength = reader.isAtEnd ? nil : try reader.readSmallInteger()
        try reader.requireEnd()
        // §4.2.1.9: a path length means something only in a CA's certificate.
        guard isCA || pathLength == nil else { throw DERFailure(.extensionInvalid(.basicConstraints), at: start) }
    }
}

import DER

/// The authorityKeyIdentifier extension of certificates and lists (RFC 5280 §4.2.1.1, §5.2.1).
package enum AuthorityKeyIdentifier {
    /// The keyIdentifier field, nil when the extension names the key only by issuer and serial number.
    package static func keyIdentifier(_ extensionValue: DERReader) throws(DERFailure) -> [UInt8]? {
        var outer = extensionValue
        var fields = try outer.readSequence()
        try outer.requireEnd()
        let keyIdentifier = try fields.readIfPresent(.contextPrimitive(0))
        _ = try fields.readIfPresent(.contextConstructed(1))
        _ = try fields.readIfPresent(.contextPrimitive(2))
        try fields.requireEnd()
        return keyIdentifier.map { Array(fields.bytes[$0.contents]) }
    }
}

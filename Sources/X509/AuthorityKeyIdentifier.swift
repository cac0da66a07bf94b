import DER
import PKITypes

/// The authorityKeyIdentifier extension of certificates and lists (RFC 5280 §4.2.1.1, §5.2.1): a hint at the issuer's key.
package struct AuthorityKeyIdentifier: Hashable, Sendable {
    package let keyIdentifier: [UInt8]?
    /// authorityCertSerialNumber: the serial number of the issuer's certificate.
    package let certificateSerial: SerialNumber?

    package init(_ extensionValue: DERReader) throws(DERFailure) {
        var outer = extensionValue
        var fields = try outer.readSequence()
        try outer.requireEnd()
        let keyIdentifier = try fields.readIfPresent(.contextPrimitive(0))
        _ = try fields.readIfPresent(.contextConstructed(1))
        let serial = try fields.readIfPresent(.contextPrimitive(2))
        try fields.requireEnd()
        self.keyIdentifier = keyIdentifier.map { Array(fields.bytes[$0.contents]) }
        certificateSerial = serial.flatMap { SerialNumber(octets: fields.bytes[$0.contents]) }
    }

    /// The keyIdentifier field, nil when the extension names the key only by issuer and serial number.
    package static func keyIdentifier(_ extensionValue: DERReader) throws(DERFailure) -> [UInt8]? {
        try Self(extensionValue).keyIdentifier
    }
}

import DER
import PKITypes

/// Attributes of a certificate's subject that may name a device.
enum SubjectAttribute {
    /// X.520 §6.2.9: a PrintableString, taken as it stands.
    static func serialNumber(of certificate: Certificate) throws(IdentityFailure) -> String {
        let attribute = try single(.serialNumberAttribute, of: certificate)
        guard attribute.value.tag == .printableString else { throw .malformed }
        return try printable(certificate.bytes[attribute.value.contents])
    }

    /// UTF8String or PrintableString. The older types have more than one reading of the same octets.
    static func commonName(of certificate: Certificate) throws(IdentityFailure) -> String {
        let attribute = try single(.commonName, of: certificate)
        let octets = certificate.bytes[attribute.value.contents]
        switch attribute.value.tag {
        case .printableString: return try printable(octets)
        case .utf8String:
            guard let text = String(validating: octets, as: UTF8.self), VisibleText.isVisible(text) else { throw .malformed }
            return text
        default: throw .malformed
        }
    }

    private static func single(
        _ type: ObjectIdentifier, of certificate: Certificate
    ) throws(IdentityFailure) -> NameAttribute {
        var reader = DERReader(certificate.bytes, in: certificate.subjectRange)
        let attributes: [NameAttribute]
        do throws(DERFailure) {
            attributes = try NameAttribute.list(from: &reader)
        } catch {
            throw .malformed
        }
        return try only(attributes.filter { $0.type == type })
    }

    /// X.680 §41.4.
    private static func printable(_ octets: ArraySlice<UInt8>) throws(IdentityFailure) -> String {
        guard octets.allSatisfy(isPrintableStringOctet) else { throw .malformed }
        return String(decoding: octets, as: UTF8.self)
    }

    private static func isPrintableStringOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: " '()+,-./:=?".utf8.contains(octet)
        }
    }
}

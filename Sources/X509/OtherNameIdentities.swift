import DER
import PKITypes

/// HardwareModuleName ::= SEQUENCE { hwType OBJECT IDENTIFIER, hwSerialNum OCTET STRING } (RFC 4108 §5).
enum HardwareModuleName {
    /// `<oid>:<hex>`, the octets in lower-case hexadecimal.
    static func text(_ value: [UInt8]) throws(IdentityFailure) -> String {
        do throws(DERFailure) {
            var outer = DERReader(value)
            var fields = try outer.readSequence()
            try outer.requireEnd()
            let type = try fields.readObjectIdentifier()
            let serial = try fields.readOctetString()
            try fields.requireEnd()
            return serial.isEmpty ? "" : "\(type):\(Hexadecimal.lowerCase(value[serial]))"
        } catch {
            throw .malformed
        }
    }
}

/// PermanentIdentifier ::= SEQUENCE { identifierValue UTF8String OPTIONAL, assigner OBJECT IDENTIFIER OPTIONAL } (RFC 4043).
/// Without a value it means other fields of the certificate, which this kind does not read: refused.
enum PermanentIdentifier {
    /// `<value>`, or `<assigner-oid>:<value>` when there is an assigner.
    static func text(_ otherNameValue: [UInt8]) throws(IdentityFailure) -> String {
        let (octets, assigner) = try fields(otherNameValue)
        guard let value = String(validating: octets, as: UTF8.self), !value.isEmpty, VisibleText.isVisible(value) else {
            throw .malformed
        }
        if let assigner { return "\(assigner):\(value)" }
        // Without an assigner it must not read as if it had one.
        let head = value.prefix { $0 != ":" }
        guard head.endIndex == value.endIndex || ObjectIdentifier(dotted: String(head)) == nil else { throw .malformed }
        return value
    }

    private static func fields(_ value: [UInt8]) throws(IdentityFailure) -> (ArraySlice<UInt8>, ObjectIdentifier?) {
        do throws(DERFailure) {
            var outer = DERReader(value)
            var fields = try outer.readSequence()
            try outer.requireEnd()
            let identifierValue = try fields.read(.utf8String)
            let assigner = fields.isAtEnd ? nil : try fields.readObjectIdentifier()
            try fields.requireEnd()
            return (value[identifierValue.contents], assigner)
        } catch {
            throw .malformed
        }
    }
}

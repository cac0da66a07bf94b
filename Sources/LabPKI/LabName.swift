/// A distinguished name to be written into a certificate.
package struct LabName: Hashable, Sendable {
    package let der: [UInt8]

    /// A Name's DER as it is, well-formed or not.
    package init(der: [UInt8]) { self.der = der }

    /// One attribute in each relative distinguished name.
    package init(_ attributes: [Attribute]) { self.init(relativeNames: attributes.map { [$0] }) }

    package init(relativeNames: [[Attribute]]) {
        der = LabDER.sequence(
            relativeNames.map { attributes in
                LabDER.set(of: attributes.map { LabDER.sequence(LabDER.objectIdentifier($0.type), $0.value) })
            }
        )
    }

    package static func commonName(_ text: String) -> Self { Self([.commonName(text)]) }

    /// A subject of no attributes; the names then stand in a critical subjectAltName (RFC 5280 §4.1.2.6).
    package static let empty = Self([])

    package var isEmpty: Bool { der == Self.empty.der }

    /// An attribute type and the DER of its value.
    package struct Attribute: Hashable, Sendable {
        package let type: String
        package let value: [UInt8]

        package init(type: String, value: [UInt8]) {
            self.type = type
            self.value = value
        }

        package static func commonName(_ text: String) -> Self { Self(type: "2.5.4.3", value: LabDER.utf8String(text)) }
        package static func serialNumber(_ text: String) -> Self { Self(type: "2.5.4.5", value: LabDER.printableString(text)) }
        package static func country(_ text: String) -> Self { Self(type: "2.5.4.6", value: LabDER.printableString(text)) }
        package static func organization(_ text: String) -> Self { Self(type: "2.5.4.10", value: LabDER.utf8String(text)) }
        package static func organizationalUnit(_ text: String) -> Self { Self(type: "2.5.4.11", value: LabDER.utf8String(text)) }
    }
}

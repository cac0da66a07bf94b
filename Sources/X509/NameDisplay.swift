import DER
import PKITypes

/// A distinguished name as text for people: RFC 4514, the most specific part first, anything invisible as `\XX`.
enum NameDisplay {
    /// Within a set, too, the last of the encoding comes first, as OpenSSL prints it.
    static func text(_ attributes: [NameAttribute], in bytes: [UInt8]) throws(DERFailure) -> String {
        var text: [UInt8] = []
        var previous: Int?
        for attribute in attributes.reversed() {
            if let previous { text.append(previous == attribute.relativeName ? UInt8(ascii: "+") : UInt8(ascii: ",")) }
            previous = attribute.relativeName
            append(shortName(of: attribute.type) ?? attribute.type.description, to: &text)
            text.append(UInt8(ascii: "="))
            if let value = try attribute.text(in: bytes) {
                appendEscaped(value, to: &text)
            } else {
                // RFC 4514 §2.4: a value without a string form is its BER in hexadecimal.
                append("#" + Hexadecimal.lowerCase(bytes[attribute.value.range]), to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ string: String, to text: inout [UInt8]) { text.append(contentsOf: string.utf8) }

    private static func appendEscaped(_ octets: ArraySlice<UInt8>, to text: inout [UInt8]) {
        if octets.first != 0x20, octets.last != 0x20, octets.allSatisfy(isPlain) {
            text.append(contentsOf: octets)
            return
        }
        let scalars = Array(String(decoding: octets, as: UTF8.self).unicodeScalars)
        for (position, scalar) in scalars.enumerated() {
            let isOuterSpace = scalar == " " && (position == 0 || position == scalars.count - 1)
            let isLeadingHash = scalar == "#" && position == 0
            if isOuterSpace || isLeadingHash || ",+\"\\<>;".unicodeScalars.contains(scalar) {
                append("\\" + String(scalar), to: &text)
            } else if VisibleText.isVisible(scalar) {
                append(String(scalar), to: &text)
            } else {
                for octet in String(scalar).utf8 { append("\\" + Hexadecimal.upperCase([octet]), to: &text) }
            }
        }
    }

    /// Visible ASCII without what RFC 4514 escapes anywhere: nearly every value.
    private static func isPlain(_ octet: UInt8) -> Bool {
        guard octet >= 0x20, octet < 0x7f else { return false }
        switch octet {
        case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: ";"), UInt8(ascii: "#"):
            return false
        default: return true
        }
    }

    private static func shortName(of type: ObjectIdentifier) -> String? {
        switch type {
        case .commonName: "CN"
        case .organizationName: "O"
        case .organizationalUnitName: "OU"
        case .countryName: "C"
        case .localityName: "L"
        case .stateOrProvinceName: "ST"
        case .streetAddress: "STREET"
        case .domainComponent: "DC"
        case .userID: "UID"
        case .serialNumberAttribute: "serialNumber"
        case .emailAddress: "emailAddress"
        case .surname: "SN"
        case .givenName: "GN"
        case .title: "title"
        case .dnQualifier: "dnQualifier"
        default: nil
        }
    }
}

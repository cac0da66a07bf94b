import DER
import PKITypes

/// A distinguished name as text for people: RFC 4514, the most specific part first, anything invisible as `\XX`.
struct NameDisplay {
    private var relativeNames: [String] = []
    private var last = -1

    var text: String { relativeNames.reversed().joined(separator: ",") }

    mutating func append(_ attribute: NameAttribute, text: [UInt8]?, in bytes: [UInt8]) {
        let name = Self.shortName(of: attribute.type) ?? attribute.type.description
        // RFC 4514 §2.4: a value without a string form is its BER in hexadecimal.
        let value = text.map(Self.escaped) ?? "#" + Hexadecimal.lowerCase(bytes[attribute.value.range])
        let part = name + "=" + value
        if attribute.relativeName == last {
            relativeNames[relativeNames.count - 1] += "+" + part
        } else {
            relativeNames.append(part)
            last = attribute.relativeName
        }
    }

    private static func escaped(_ octets: [UInt8]) -> String {
        if octets.first != 0x20, octets.last != 0x20, octets.allSatisfy(isPlain) { return String(decoding: octets, as: UTF8.self) }
        let scalars = Array(String(decoding: octets, as: UTF8.self).unicodeScalars)
        var text = String.UnicodeScalarView()
        for (position, scalar) in scalars.enumerated() {
            let isOuterSpace = scalar == " " && (position == 0 || position == scalars.count - 1)
            let isLeadingHash = scalar == "#" && position == 0
            if isOuterSpace || isLeadingHash || ",+\"\\<>;".unicodeScalars.contains(scalar) {
                text.append("\\")
                text.append(scalar)
            } else if VisibleText.isVisible(scalar) {
                text.append(scalar)
            } else {
                for octet in String(scalar).utf8 { text.append(contentsOf: "\\\(Hexadecimal.upperCase([octet]))".unicodeScalars) }
            }
        }
        return String(text)
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

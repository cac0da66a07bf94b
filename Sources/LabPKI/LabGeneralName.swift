import Glibc

/// A GeneralName (RFC 5280 §4.2.1.6) to be written into a certificate.
package enum LabGeneralName: Hashable, Sendable {
    case uri(String)
    case dns(String)
    case email(String)
    /// An address as text.
    case ip(String)
    /// Any octets, such as an address followed by a mask (§4.2.1.10), or a wrong number of them.
    case ipOctets([UInt8])
    case directoryName(LabName)
    case registeredID(String)
    /// `value` is the DER of the value, without its explicit tag.
    case otherName(type: String, value: [UInt8])
    /// A whole element, tag and length included.
    case raw([UInt8])

    /// HardwareModuleName (RFC 4108 §5), one of the places of a device's identity.
    package static func hardwareModuleName(type: String, serial: [UInt8]) -> Self {
        .otherName(
            type: "1.3.6.1.5.5.7.8.4",
            value: LabDER.sequence(LabDER.objectIdentifier(type), LabDER.octetString(serial))
        )
    }

    /// PermanentIdentifier (RFC 4043).
    package static func permanentIdentifier(_ value: String, assigner: String? = nil) -> Self {
        let assigner = assigner.map { LabDER.objectIdentifier($0) } ?? []
        return .otherName(type: "1.3.6.1.5.5.7.8.3", value: LabDER.sequence(LabDER.utf8String(value), assigner))
    }

    func der() throws(LabPKIFailure) -> [UInt8] {
        switch self {
        case .otherName(let type, let value):
            return LabDER.element(0xa0, LabDER.objectIdentifier(type) + LabDER.explicit(0, value))
        case .email(let text): return LabDER.implicit(1, Array(text.utf8))
        case .dns(let text): return LabDER.implicit(2, Array(text.utf8))
        case .directoryName(let name): return LabDER.explicit(4, name.der)
        case .uri(let text): return LabDER.implicit(6, Array(text.utf8))
        case .ip(let text): return LabDER.implicit(7, try Self.octets(ofAddress: text))
        case .ipOctets(let octets): return LabDER.implicit(7, octets)
        case .registeredID(let type): return LabDER.implicit(8, Array(LabDER.objectIdentifier(type).dropFirst(2)))
        case .raw(let element): return element
        }
    }

    static func sequence(_ names: [Self]) throws(LabPKIFailure) -> [UInt8] {
        var elements: [[UInt8]] = []
        for name in names { elements.append(try name.der()) }
        return LabDER.sequence(elements)
    }

    private static func octets(ofAddress text: String) throws(LabPKIFailure) -> [UInt8] {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var octets = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &octets) == 1 { return octets }
        }
        throw .malformedIPAddress(text)
    }
}

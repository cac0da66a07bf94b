/// Who a device is, as text that policies match: a SAN URI as it stands, other kinds with their prefix
/// (`dns:` `hw:<oid>:<hex>` `pid:` `serial:` `cn:` `cert:<sha256>`).
package struct DeviceIdentity: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(text: String) { self.text = text }
    package var description: String { text }
}

/// Where in a certificate the identity stands. One per trust anchor: no certificate chooses how it is read.
package enum IdentitySource: String, CaseIterable, Sendable {
    case sanURI = "san-uri"
    case sanDNS = "san-dns"
    case hardwareModuleName = "hardware-module-name"
    case permanentIdentifier = "permanent-identifier"
    case subjectSerialNumber = "subject-serial-number"
    case subjectCommonName = "subject-common-name"
    case registeredCertificate = "registered-certificate"

    /// What an identity of this kind begins with; a SAN URI is itself.
    package var prefix: String {
        switch self {
        case .sanURI: ""
        case .sanDNS: "dns:"
        case .hardwareModuleName: "hw:"
        case .permanentIdentifier: "pid:"
        case .subjectSerialNumber: "serial:"
        case .subjectCommonName: "cn:"
        case .registeredCertificate: "cert:"
        }
    }
}

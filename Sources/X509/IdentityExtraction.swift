import DER
import PKITypes

/// Why a certificate gives no identity.
package enum IdentityFailure: Error, Hashable, Sendable {
    /// No value of the kind that the trust anchor reads.
    case missing
    /// More than one, even if they are equal.
    case ambiguous
    /// One that nobody may be named by, or a subjectAlternativeName extension that cannot be read at all.
    case malformed
}

/// Limits on identity text.
package enum IdentityLimits {
    /// The SPIFFE ID standard's bound on an identity, in octets; used for every kind.
    package static let maximumOctets = 2048
}

/// The one identity of `certificate` of the kind that its trust anchor reads: exactly one value or a refusal, and never a
/// look at another kind. Text is taken as it stands or refused; nothing is normalised, because whoever reads it next might
/// normalise differently.
package func identity(
    of certificate: Certificate, from source: IdentitySource, fingerprint: Fingerprint
) throws(IdentityFailure) -> DeviceIdentity {
    // A malformed extension refuses whatever is read: what hides in it is unknown.
    guard case .success(let names) = certificate.extensions.subjectAlternativeNames else { throw .malformed }
    let value: String
    switch source {
    case .sanURI: value = try IdentityURI.checked(only(names.compactMap(\.uri)))
    case .sanDNS: value = try IdentityDNSName.checked(only(names.compactMap(\.dns)))
    case .hardwareModuleName: value = try HardwareModuleName.text(only(names.otherNames(.hardwareModuleName)))
    case .permanentIdentifier: value = try PermanentIdentifier.text(only(names.otherNames(.permanentIdentifier)))
    case .subjectSerialNumber: value = try SubjectAttribute.serialNumber(of: certificate)
    case .subjectCommonName: value = try SubjectAttribute.commonName(of: certificate)
    case .registeredCertificate: value = fingerprint.description
    }
    let text = source.prefix + value
    guard !value.isEmpty, text.utf8.count <= IdentityLimits.maximumOctets else { throw .malformed }
    return DeviceIdentity(text: text)
}

func only<Value>(_ values: [Value]) throws(IdentityFailure) -> Value {
    guard let first = values.first else { throw .missing }
    guard values.count == 1 else { throw .ambiguous }
    return first
}

extension SubjectAlternativeName {
    fileprivate var uri: String? { if case .uri(let text) = self { text } else { nil } }
    fileprivate var dns: String? { if case .dns(let text) = self { text } else { nil } }
}

extension [SubjectAlternativeName] {
    fileprivate func otherNames(_ wanted: ObjectIdentifier) -> [[UInt8]] {
        compactMap { if case .otherName(wanted, let value) = $0 { value } else { nil } }
    }
}

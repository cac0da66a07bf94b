import DER
import PKITypes

/// The extensions of a certificate that this gateway reads; the others are listed by identifier.
package struct CertificateExtensions: Sendable {
    /// Every extension, in the order of the certificate.
    package private(set) var all: [CertificateExtension] = []

    package private(set) var basicConstraints: BasicConstraints?
    package private(set) var keyUsage: KeyUsage?
    package private(set) var extendedKeyUsage: [ObjectIdentifier]?
    /// Empty without the extension. A malformed one is kept as its failure, so that whoever wants a name from it refuses
    /// instead of looking elsewhere.
    package private(set) var subjectAlternativeNames: Result<[SubjectAlternativeName], DERFailure> = .success([])
    package private(set) var authorityKeyIdentifier: [UInt8]?
    /// The serial number of the issuer's certificate, where the authorityKeyIdentifier extension names that.
    package private(set) var authorityCertificateSerial: SerialNumber?
    package private(set) var subjectKeyIdentifier: [UInt8]?
    package private(set) var namesDistributionPoint = false
    package private(set) var namesOCSPResponder = false
    /// RFC 9608: the issuer never publishes a status for this certificate.
    package private(set) var noRevocationAvailable = false

    init() {}

    init(from reader: inout DERReader) throws(DERFailure) {
        all = try CertificateExtension.list(from: &reader)
        for item in all { try interpret(item, DERReader(reader.bytes, in: item.value)) }
    }

    package var critical: [ObjectIdentifier] { all.filter(\.isCritical).map(\.identifier) }

    private mutating func interpret(_ item: CertificateExtension, _ value: DERReader) throws(DERFailure) {
        switch item.identifier {
        case .basicConstraints: basicConstraints = try BasicConstraints(from: value)
        case .keyUsage: keyUsage = try KeyUsage(from: value)
        case .extendedKeyUsage: extendedKeyUsage = try Self.keyPurposes(value)
        case .subjectAlternativeName: subjectAlternativeNames = Self.names(value)
        case .authorityKeyIdentifier:
            let authority = try AuthorityKeyIdentifier(value)
            authorityKeyIdentifier = authority.keyIdentifier
            authorityCertificateSerial = authority.certificateSerial
        case .subjectKeyIdentifier: subjectKeyIdentifier = try Self.octetString(value)
        case .cRLDistributionPoints: namesDistributionPoint = try !Self.items(value).isAtEnd
        case .authorityInformationAccess: namesOCSPResponder = try Self.namesResponder(value)
        case .noRevocationAvailable:
            var reader = value
            try reader.readNull()
            try reader.requireEnd()
            noRevocationAvailable = true
        default: break
        }
    }

    private static func names(_ value: DERReader) -> Result<[SubjectAlternativeName], DERFailure> {
        do throws(DERFailure) {
            return .success(try SubjectAlternativeName.list(from: value))
        } catch {
            return .failure(error)
        }
    }

    /// The contents of a SEQUENCE SIZE (1..MAX) that is all of the value.
    private static func items(_ value: DERReader) throws(DERFailure) -> DERReader {
        var outer = value
        let sequence = try outer.readSequence()
        try outer.requireEnd()
        guard !sequence.isAtEnd else { throw DERFailure(.emptySequence, at: sequence.position) }
        return sequence
    }

    private static func octetString(_ value: DERReader) throws(DERFailure) -> [UInt8] {
        var reader = value
        let octets = try reader.readOctetString()
        try reader.requireEnd()
        return Array(reader.bytes[octets])
    }

    private static func keyPurposes(_ value: DERReader) throws(DERFailure) -> [ObjectIdentifier] {
        var sequence = try items(value)
        var purposes: [ObjectIdentifier] = []
        while !sequence.isAtEnd {
            guard purposes.count < CertificateExtension.maximumCount else {
                throw DERFailure(.tooMany(limit: CertificateExtension.maximumCount), at: sequence.position)
            }
            purposes.append(try sequence.readObjectIdentifier())
        }
        return purposes
    }

    /// AuthorityInfoAccessSyntax ::= SEQUENCE OF SEQUENCE { accessMethod, accessLocation } (RFC 5280 §4.2.2.1).
    private static func namesResponder(_ value: DERReader) throws(DERFailure) -> Bool {
        var sequence = try items(value)
        var found = false
        while !sequence.isAtEnd {
            var description = try sequence.readSequence()
            let method = try description.readObjectIdentifier()
            _ = try description.readElement()
            try description.requireEnd()
            found = found || method == .ocspAccessMethod
        }
        return found
    }
}

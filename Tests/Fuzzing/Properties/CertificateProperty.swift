import DER
import PKITypes
import PathValidation
import VerificationCore
import X509

/// A certificate that is read is read whole, says where its parts lie, and names a device visibly or not at all.
enum CertificateProperty {
    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        guard let certificate = try? Certificate(der: input) else { return }
        try promise((try? Certificate(der: input + [0])) == nil, "an octet too many was accepted")
        try promise((try? Certificate(der: Array(input.dropLast()))) == nil, "an octet too few was accepted")
        try checkRanges(of: certificate)
        try checkNames(certificate.subject)
        try checkNames(certificate.issuer)
        try checkIdentities(of: certificate)
        try checkExtensions(of: certificate)
    }

    private static func checkRanges(of certificate: Certificate) throws(BrokenPromise) {
        let signed = certificate.toBeSigned
        let inside = [
            certificate.signatureAlgorithm.range, certificate.issuerRange, certificate.subjectRange,
            certificate.subjectPublicKeyInfo,
        ]
        for (part, next) in zip(inside, inside.dropFirst()) {
            try promise(part.upperBound <= next.lowerBound, "fields out of order")
        }
        for part in inside {
            try promise(signed.lowerBound < part.lowerBound && part.upperBound <= signed.upperBound, "a field outside")
        }
        try promise(signed.upperBound < certificate.signature.lowerBound, "a signature inside of what it signs")
        try promise(certificate.signature.upperBound == certificate.bytes.count, "octets after the signature")
        for item in certificate.extensions.all {
            try promise(signed.contains(item.offset) && item.value.upperBound <= signed.upperBound, "an extension outside")
        }
        let serial = certificate.serial
        try promise(SerialNumber(octets: serial.octets) == serial, "serial \(serial)")
        try promise(!(certificate.issuer.canonical.isEmpty), "an empty issuer")
    }

    private static func checkNames(_ name: DistinguishedName) throws(BrokenPromise) {
        try promise(isPlain(name.display), "a name that does not show what it is: \(name.display)")
    }

    /// No controls, no marks that turn the direction of a text: what reaches logs and people.
    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7f && !(0x80...0x9f).contains(scalar.value)
                && !(0x202a...0x202e).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
                && scalar.properties.generalCategory != .format
        }
    }

    private static func checkIdentities(of certificate: Certificate) throws(BrokenPromise) {
        guard let fingerprint = Fingerprint(octets: [UInt8](repeating: 0xab, count: Fingerprint.octetCount)) else {
            throw BrokenPromise("a fingerprint has 32 octets")
        }
        for source in IdentitySource.allCases {
            guard let identity = try? identity(of: certificate, from: source, fingerprint: fingerprint) else { continue }
            let isReadable: Bool = if case .success = certificate.extensions.subjectAlternativeNames { true } else { false }
            try promise(isReadable, "an identity beside a malformed subjectAltName")
            try promise(identity.text.hasPrefix(source.prefix), "\(identity) without its prefix")
            try promise(identity.text.utf8.count <= IdentityLimits.maximumOctets, "an identity that is too long")
            try promise(isPlain(identity.text), "an identity that does not show what it is: \(identity)")
            if source == .sanURI {
                for other in IdentitySource.allCases where !other.prefix.isEmpty {
                    try promise(!identity.text.hasPrefix(other.prefix), "a URI that poses as \(other)")
                }
            }
        }
    }

    private static func checkExtensions(of certificate: Certificate) throws(BrokenPromise) {
        let extensions = certificate.extensions
        try promise(extensions.all.count <= CertificateExtension.maximumCount, "too many extensions")
        try promise(Set(extensions.all.map(\.identifier)).count == extensions.all.count, "an extension twice")
        if let names = try? extensions.subjectAlternativeNames.get() {
            try promise(names.count <= SubjectAlternativeName.maximumCount, "too many names")
        }
        if let constraints = try? PathConstraints(of: certificate) {
            try promise(constraints.policies?.identifiers.isEmpty != true, "an empty set of policies")
            try promise(constraints.inhibitAnyPolicy ?? 0 >= 0, "a negative number of certificates")
        }
        for item in extensions.all where item.identifier == .nameConstraints {
            let constraints = try? NameConstraints(from: DERReader(certificate.bytes, in: item.value))
            let subtrees = constraints.map { $0.permitted + $0.excluded } ?? []
            try promise(subtrees.count <= NameConstraints.maximumSubtrees, "too many subtrees")
            for case .ip(let address, let mask) in subtrees {
                try promise(
                    address.count == mask.count && (mask.count == 4 || mask.count == 16), "an address range of \(mask.count)")
            }
        }
        _ = SignatureScheme(of: certificate)
        if case .rsa(let bits, let exponentBits)? = PublicKeyKind(of: certificate) {
            try promise(bits >= 0 && exponentBits >= 0, "an RSA key of \(bits) bits, its exponent of \(exponentBits)")
        }
        if let known = try? PathCertificate(certificate) {
            try promise(known.serial == certificate.serial && known.issuer == certificate.issuer, "another certificate")
            try promise(known.distributionPoints.isEmpty || extensions.namesDistributionPoint, "points without an extension")
        }
    }
}

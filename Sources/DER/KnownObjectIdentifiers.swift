/// The identifiers that X.509 gives a meaning to here; the names are those of the standards.
extension ObjectIdentifier {
    // RFC 5280 §4.2, §5.2, §5.3: extensions of certificates, lists and their entries
    package static let subjectKeyIdentifier = Self("2.5.29.14")
    package static let keyUsage = Self("2.5.29.15")
    package static let subjectAlternativeName = Self("2.5.29.17")
    package static let issuerAlternativeName = Self("2.5.29.18")
    package static let basicConstraints = Self("2.5.29.19")
    package static let cRLNumber = Self("2.5.29.20")
    package static let reasonCode = Self("2.5.29.21")
    package static let invalidityDate = Self("2.5.29.24")
    package static let deltaCRLIndicator = Self("2.5.29.27")
    package static let issuingDistributionPoint = Self("2.5.29.28")
    package static let certificateIssuer = Self("2.5.29.29")
    package static let nameConstraints = Self("2.5.29.30")
    package static let cRLDistributionPoints = Self("2.5.29.31")
    package static let certificatePolicies = Self("2.5.29.32")
    package static let policyMappings = Self("2.5.29.33")
    package static let authorityKeyIdentifier = Self("2.5.29.35")
    package static let policyConstraints = Self("2.5.29.36")
    package static let extendedKeyUsage = Self("2.5.29.37")
    package static let freshestCRL = Self("2.5.29.46")
    package static let inhibitAnyPolicy = Self("2.5.29.54")
    package static let authorityInformationAccess = Self("1.3.6.1.5.5.7.1.1")
    /// RFC 9608.
    package static let noRevocationAvailable = Self("2.5.29.56")

    // RFC 5280 §4.2.1.12, §4.2.2.1
    package static let anyExtendedKeyUsage = Self("2.5.29.37.0")
    package static let serverAuthentication = Self("1.3.6.1.5.5.7.3.1")
    package static let clientAuthentication = Self("1.3.6.1.5.5.7.3.2")
    package static let ocspSigning = Self("1.3.6.1.5.5.7.3.9")
    package static let ocspAccessMethod = Self("1.3.6.1.5.5.7.48.1")

    // otherName types
    /// RFC 4043.
    package static let permanentIdentifier = Self("1.3.6.1.5.5.7.8.3")
    /// RFC 4108 §5.
    package static let hardwareModuleName = Self("1.3.6.1.5.5.7.8.4")

    // Attribute types of names
    package static let commonName = Self("2.5.4.3")
    package static let surname = Self("2.5.4.4")
    package static let serialNumberAttribute = Self("2.5.4.5")
    package static let countryName = Self("2.5.4.6")
    package static let localityName = Self("2.5.4.7")
    package static let stateOrProvinceName = Self("2.5.4.8")
    package static let streetAddress = Self("2.5.4.9")
    package static let organizationName = Self("2.5.4.10")
    package static let organizationalUnitName = Self("2.5.4.11")
    package static let title = Self("2.5.4.12")
    package static let givenName = Self("2.5.4.42")
    package static let dnQualifier = Self("2.5.4.46")
    package static let userID = Self("0.9.2342.19200300.100.1.1")
    package static let domainComponent = Self("0.9.2342.19200300.100.1.25")
    package static let emailAddress = Self("1.2.840.113549.1.9.1")

    // RFC 5280 §4.2.1.4
    package static let anyPolicy = Self("2.5.29.32.0")

    // Keys and signatures: RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410
    package static let rsaEncryption = Self("1.2.840.113549.1.1.1")
    package static let md2WithRSA = Self("1.2.840.113549.1.1.2")
    package static let md5WithRSA = Self("1.2.840.113549.1.1.4")
    package static let sha1WithRSA = Self("1.2.840.113549.1.1.5")
    package static let rsaPSSSignature = Self("1.2.840.113549.1.1.10")
    package static let sha256WithRSA = Self("1.2.840.113549.1.1.11")
    package static let sha384WithRSA = Self("1.2.840.113549.1.1.12")
    package static let sha512WithRSA = Self("1.2.840.113549.1.1.13")
    package static let sha224WithRSA = Self("1.2.840.113549.1.1.14")
    package static let ecPublicKey = Self("1.2.840.10045.2.1")
    package static let ecdsaWithSHA1 = Self("1.2.840.10045.4.1")
    package static let ecdsaWithSHA224 = Self("1.2.840.10045.4.3.1")
    package static let ecdsaWithSHA256 = Self("1.2.840.10045.4.3.2")
    package static let ecdsaWithSHA384 = Self("1.2.840.10045.4.3.3")
    package static let ecdsaWithSHA512 = Self("1.2.840.10045.4.3.4")
    package static let ed25519 = Self("1.3.101.112")
    package static let ed448 = Self("1.3.101.113")
    package static let dsaKey = Self("1.2.840.10040.4.1")
    package static let dsaWithSHA1 = Self("1.2.840.10040.4.3")
    package static let dsaWithSHA256 = Self("2.16.840.1.101.3.4.3.2")
    package static let sha1 = Self("1.3.14.3.2.26")
    package static let sha224 = Self("2.16.840.1.101.3.4.2.4")
    package static let sha256 = Self("2.16.840.1.101.3.4.2.1")
    package static let sha384 = Self("2.16.840.1.101.3.4.2.2")
    package static let sha512 = Self("2.16.840.1.101.3.4.2.3")

    // Named curves: SEC 2, RFC 5639
    package static let prime256v1 = Self("1.2.840.10045.3.1.7")
    package static let secp384r1 = Self("1.3.132.0.34")
    package static let secp521r1 = Self("1.3.132.0.35")
    package static let brainpoolP256r1 = Self("1.3.36.3.3.2.8.1.1.7")
    package static let brainpoolP384r1 = Self("1.3.36.3.3.2.8.1.1.11")
    package static let brainpoolP512r1 = Self("1.3.36.3.3.2.8.1.1.13")
}

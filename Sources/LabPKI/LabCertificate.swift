import COpenSSL
import PKITypes

/// A certificate of the laboratory with its private key.
package struct LabCertificate: Sendable {
    package let der: [UInt8]
    package let key: LabKey
    package let subject: LabName
    /// Content octets of the serial number's INTEGER.
    package let serial: [UInt8]
    package let validity: Validity
    /// The key identifier that certificates issued by it point to.
    package let keyIdentifier: [UInt8]
    /// The certificates of its issuers, nearest first, without the root: what a peer sends after its own.
    package let intermediates: [[UInt8]]

    init(
        der: [UInt8], key: LabKey, subject: LabName, serial: [UInt8], validity: Validity, keyIdentifier: [UInt8],
        intermediates: [[UInt8]]
    ) {
        self.der = der
        self.key = key
        self.subject = subject
        self.serial = serial
        self.validity = validity
        self.keyIdentifier = keyIdentifier
        self.intermediates = intermediates
    }

    /// A certificate read back from files; what follows the first certificate of `pem` are its intermediates.
    package init(pem: String, key: LabKey) throws(LabPKIFailure) {
        let certificates = try Self.certificates(pem: pem)
        let first = try OpenSSLCall.pointer("find a certificate in PEM") { certificates.first }
        let parsed = try ParsedCertificate(der: first)
        var keyIdentifier = try key.identifier()
        if let stated = try parsed.subjectKeyIdentifier() { keyIdentifier = stated }
        self.init(
            der: first, key: key, subject: LabName(der: try parsed.subject()), serial: try parsed.serial(),
            validity: try parsed.validity(), keyIdentifier: keyIdentifier,
            intermediates: Array(certificates.dropFirst())
        )
    }

    package func pem() throws(LabPKIFailure) -> String { try LabPEM.text("CERTIFICATE", der) }

    /// The certificate and its intermediates, as TLS servers and clients want them in one file.
    package func chainPEM() throws(LabPKIFailure) -> String {
        var text = try pem()
        for intermediate in intermediates { text += try LabPEM.text("CERTIFICATE", intermediate) }
        return text
    }

    /// Upper-case hexadecimal, as `openssl x509 -serial` prints it.
    package var serialText: String { Hexadecimal.upperCase(serial) }

    /// The same certificate with a signature that does not verify, though its encoding is sound: the last octet of every
    /// kind of signature here is part of a number.
    package var withBrokenSignature: Self {
        var broken = der
        broken[broken.count - 1] ^= 0x01
        return Self(
            der: broken, key: key, subject: subject, serial: serial, validity: validity, keyIdentifier: keyIdentifier,
            intermediates: intermediates
        )
    }

    /// The serial number of the first certificate in `pem`, upper-case hexadecimal.
    package static func serialText(pem: String) throws(LabPKIFailure) -> String {
        let first = try certificates(pem: pem).first
        let der = try OpenSSLCall.pointer("find a certificate in PEM") { first }
        return Hexadecimal.upperCase(try ParsedCertificate(der: der).serial())
    }

    /// The DER of every certificate in `pem`, in order.
    package static func certificates(pem: String) throws(LabPKIFailure) -> [[UInt8]] {
        let bio = try MemoryBIO.reading(Array(pem.utf8))
        var found: [[UInt8]] = []
        while let certificate = PEM_read_bio_X509(bio.pointer, nil, nil, nil) {
            defer { X509_free(certificate) }
            found.append(try OpenSSLCall.encoding("write a certificate") { i2d_X509(certificate, $0) })
        }
        // The end of the text is an error to PEM_read_bio_X509, and nobody's but this loop's.
        ERR_clear_error()
        return found
    }
}

/// A certificate as OpenSSL reads it.
private struct ParsedCertificate: ~Copyable {
    let pointer: OpaquePointer

    init(der: [UInt8]) throws(LabPKIFailure) {
        pointer = try OpenSSLCall.pointer("read a certificate") {
            der.withUnsafeBufferPointer { octets in
                var cursor = octets.baseAddress
                return d2i_X509(nil, &cursor, octets.count)
            }
        }
    }

    deinit { X509_free(pointer) }

    borrowing func subject() throws(LabPKIFailure) -> [UInt8] {
        let name = X509_get_subject_name(pointer)
        return try OpenSSLCall.encoding("write a name") { i2d_X509_NAME(name, $0) }
    }

    borrowing func serial() throws(LabPKIFailure) -> [UInt8] {
        let number = X509_get0_serialNumber(pointer)
        let element = try OpenSSLCall.encoding("write a serial number") { i2d_ASN1_INTEGER(number, $0) }
        // One octet of tag, one of length: serial numbers are far shorter than 128 octets.
        return Array(element.dropFirst(2))
    }

    borrowing func validity() throws(LabPKIFailure) -> Validity {
        Validity(
            notBefore: try Self.moment(X509_get0_notBefore(pointer)), notAfter: try Self.moment(X509_get0_notAfter(pointer))
        )
    }

    private static func moment(_ time: UnsafePointer<ASN1_TIME>?) throws(LabPKIFailure) -> UnixSeconds {
        let epoch = try OpenSSLCall.pointer("make a time") { ASN1_TIME_set(nil, 0) }
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        try OpenSSLCall.positive("read a time") { ASN1_TIME_diff(&days, &seconds, epoch, time) }
        return UnixSeconds(Int64(days) * LabTime.secondsPerDay + Int64(seconds))
    }

    borrowing func subjectKeyIdentifier() throws(LabPKIFailure) -> [UInt8]? {
        guard let identifier = X509_get0_subject_key_id(pointer) else { return nil }
        let octets = UnsafeBufferPointer(start: ASN1_STRING_get0_data(identifier), count: Int(ASN1_STRING_length(identifier)))
        return Array(octets)
    }
}

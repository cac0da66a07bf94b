import OpenSSLTesting
import PKITypes
import Testing
import X509

@Suite("Beside the openssl command") struct OpenSSLDifferentialTests {
    private static func makeCertificate(_ openssl: OpenSSLCommand, subject: String, extensions: [String]) throws -> Certificate {
        let added = extensions.flatMap { ["-addext", $0] }
        try openssl.run(
            list: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out",
                "cert.pem",
                "-days", "30", "-utf8", "-multivalue-rdn", "-subj", subject, "-config", "/dev/null",
            ] + added)
        let objects = try PEM.objects(.certificates, in: openssl.octets(of: "cert.pem"))
        return try Certificate(der: try #require(objects.first))
    }

    @Test("a certificate that it makes is read as it prints it")
    func certificate() throws {
        let openssl = try OpenSSLCommand()
        let certificate = try Self.makeCertificate(
            openssl, subject: "/C=DE/O=St. Mary's Hospital/OU=ICU+serialNumber=A-7/CN=Müller, Pump #7",
            extensions: [
                "subjectAltName=URI:urn:hospital:device:pump:7,DNS:pump7.example,IP:10.0.0.7,otherName:1.2.3.4;UTF8:x",
                "keyUsage=critical,digitalSignature", "extendedKeyUsage=clientAuth",
                "authorityInfoAccess=OCSP;URI:http://ocsp.example/",
            ])
        let serial = try openssl.run("x509", "-in", "cert.pem", "-noout", "-serial")
        #expect(serial == "serial=\(certificate.serial)\n")
        let subject = try openssl.run(
            "x509", "-in", "cert.pem", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8")
        #expect(subject == "subject=\(certificate.subject.display)\n")
        let der = try openssl.run(list: ["x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der"])
        #expect(der.isEmpty)
        #expect(try openssl.octets(of: "cert.der") == certificate.bytes)
        #expect(certificate.issuer == certificate.subject)
        #expect(certificate.extensions.keyUsage == .digitalSignature && certificate.namesRevocationSource)
        #expect(certificate.validity.lifetimeSeconds == 30 * 86_400)
        let names = try certificate.extensions.subjectAlternativeNames.get()
        #expect(names.prefix(3) == [.uri("urn:hospital:device:pump:7"), .dns("pump7.example"), .ip([10, 0, 0, 7])])
        let fingerprint = try #require(Fingerprint(octets: [UInt8](repeating: 0, count: 32)))
        #expect(try identity(of: certificate, from: .subjectSerialNumber, fingerprint: fingerprint).text == "serial:A-7")
    }
}

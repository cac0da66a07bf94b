import OpenSSLTesting
import PKITypes
import RevocationLists
import Testing
import X509

@Suite("Beside the openssl command, a list") struct OpenSSLListTests {
    private static let configuration = """
        [ca]
        default_ca = lab
        [lab]
        database = index.txt
        crlnumber = crlnumber
        default_md = sha256
        default_crl_days = 7
        crl_extensions = list
        [list]
        authorityKeyIdentifier = keyid
        """

    @Test("that it makes is read as it prints it")
    func list() throws {
        let openssl = try OpenSSLCommand()
        try openssl.write(Self.configuration + "\n", to: "ca.cnf")
        // The second is a twenty-octet serial number with its high bit set.
        let long = "F0E1D2C3B4A5968778695A4B3C2D1E0F00112233"
        let rows = [
            "R\t301231235959Z\t260101000000Z,keyCompromise\t07\tunknown\t/CN=a",
            "R\t301231235959Z\t250101000000Z\t\(long)\tunknown\t/CN=b",
            "V\t301231235959Z\t\t09\tunknown\t/CN=c",
        ]
        try openssl.write(rows.joined(separator: "\n") + "\n", to: "index.txt")
        try openssl.write("01FF\n", to: "crlnumber")
        try openssl.run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "ca.pem", "-days", "30", "-subj",
            "/C=DE/CN=Ward CA",
            "-config", "/dev/null", "-addext", "subjectKeyIdentifier=hash")
        try openssl.run("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "key.pem", "-cert", "ca.pem", "-out", "list.pem")

        let file = try openssl.octets(of: "list.pem")
        let objects = try PEM.objects(.revocationLists, in: file)
        try #require(objects.count == 1)
        let list = try CertificateRevocationList(der: objects[0])
        let ca = try openssl.octets(of: "ca.pem")
        let issuer = try Certificate(der: try #require(PEM.objects(.certificates, in: ca).first))

        #expect(list.issuer == issuer.subject && list.support == .supported)
        #expect(list.authorityKeyIdentifier == issuer.extensions.subjectKeyIdentifier && list.authorityKeyIdentifier != nil)
        let number = try openssl.run("crl", "-in", "list.pem", "-noout", "-crlnumber")
        #expect(number == "crlNumber=\(try #require(list.number))\n")
        #expect(try #require(list.nextUpdate) - list.thisUpdate == 7 * 86_400)
        #expect(list.entries.map(\.serial.description) == ["07", "00" + long])
        #expect(list.entries.map(\.reason) == [.keyCompromise, .unspecified])
        #expect(list.entries.map(\.revokedAt) == [UnixSeconds(1_767_225_600), UnixSeconds(1_735_689_600)])
    }
}

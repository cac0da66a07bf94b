import LabPKI
import PKITypes
import Testing

@Suite("Chains of the laboratory, judged by the openssl command")
struct LabTrustTests {
    let openssl: OpenSSLCommand
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority

    init() throws {
        openssl = try OpenSSLCommand()
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
    }

    @Test("a good chain verifies under its own root alone")
    func goodChain() throws {
        let device = try issuing.issueDevice("urn:a:b")
        #expect(try openssl.verify(device, trusting: root).code == 0)
        #expect(try openssl.verify(device, trusting: try LabCertificateAuthority(root: "Stranger")).code == 2)
    }

    @Test("every ordered fault is found")
    func faults() throws {
        let signedByAnother = try issuing.issueDevice("urn:a:b").withBrokenSignature
        let cases: [(LabCertificate, String)] = [
            (try issuing.issueDevice("urn:a:b") { $0.validity = .expired }, "certificate has expired"),
            (try issuing.issueDevice("urn:a:b") { $0.validity = .notYetValid }, "certificate is not yet valid"),
            (try issuing.issueDevice("urn:a:b") { $0.purposes = [.serverAuth] }, "unsuitable certificate purpose"),
            (try issuing.issueDevice("urn:a:b") { $0.signature = .sha1 }, "CA signature digest algorithm too weak"),
            (signedByAnother, "certificate signature failure"),
            (
                try issuing.issueDevice("urn:a:b") {
                    $0.extraExtensions = [LabExtension("1.2.3.4", .critical, value: LabDER.null)]
                }, "unhandled critical extension"
            ),
            (
                try LabCertificateAuthority.selfSigned(.device(.commonName("alone"), names: []), key: try LabKey()),
                "self-signed certificate"
            ),
        ]
        for (certificate, reason) in cases {
            let verdict = try openssl.verify(certificate, trusting: root, options: ["-purpose", "sslclient", "-auth_level", "2"])
            #expect(verdict.code == 2)
            #expect(verdict.text.contains(reason), "\(reason) in \(verdict.text)")
        }
    }

    @Test("path length and name constraints bind")
    func constraints() throws {
        let short = try root.issueIntermediate("Short") { $0.basicConstraints = .authority(pathLength: 0) }
        let below = try short.issueIntermediate("Below").issueDevice("urn:a:b")
        #expect(try openssl.verify(below, trusting: root).text.contains("path length constraint exceeded"))

        let permitted = try LabExtension.nameConstraints(permitted: [.dns("hospital.example")])
        let narrow = try root.issueIntermediate("Narrow") { $0.extraExtensions = [permitted] }
        let inside = try narrow.issueDevice(names: [.dns("pump.hospital.example")]) { $0.subject = .empty }
        let outside = try narrow.issueDevice(names: [.dns("pump.other.example")]) { $0.subject = .empty }
        #expect(try openssl.verify(inside, trusting: root).code == 0)
        #expect(try openssl.verify(outside, trusting: root).text.contains("permitted subtree violation"))
    }

    @Test("a cross-signed authority is trusted under both roots")
    func crossSigning() throws {
        let other = try LabCertificateAuthority(root: "Other Root")
        let crossed = try other.crossSign(issuing)
        #expect(crossed.certificate.subject == issuing.certificate.subject)
        #expect(crossed.certificate.key.publicKey == issuing.certificate.key.publicKey)
        #expect(try openssl.verify(try crossed.issueDevice("urn:a:b"), trusting: other).code == 0)
        #expect(try openssl.verify(try issuing.issueDevice("urn:a:b"), trusting: other).code == 2)
    }

    @Test("a chain carries its intermediates and not its root")
    func chainOrder() throws {
        let deeper = try issuing.issueIntermediate("Deeper")
        let device = try deeper.issueDevice("urn:a:b")
        #expect(device.intermediates == [deeper.certificate.der, issuing.certificate.der])
        let read = try LabCertificate.certificates(pem: try device.chainPEM())
        #expect(read == [device.der, deeper.certificate.der, issuing.certificate.der])
    }

    @Test("an authority read back from PEM issues like the one that was written")
    func authorityFromFiles() throws {
        let key = try LabKey(pem: try issuing.certificate.key.pem())
        let certificate = try LabCertificate(pem: try issuing.certificate.chainPEM(), key: key)
        #expect(certificate.serial == issuing.certificate.serial)
        #expect(certificate.subject == issuing.certificate.subject)
        #expect(certificate.validity == issuing.certificate.validity)
        #expect(certificate.keyIdentifier == issuing.certificate.keyIdentifier)
        let device = try LabCertificateAuthority(certificate: certificate, role: .intermediate).issueDevice("urn:a:b")
        #expect(try openssl.verify(device, trusting: root).code == 0)
    }

    @Test("failures are typed and hold OpenSSL's reasons")
    func failures() throws {
        #expect(throws: LabPKIFailure.malformedIPAddress("10.0.0")) { try issuing.issueServer(ipAddresses: ["10.0.0"]) }
        let failure = #expect(throws: LabPKIFailure.self) { try LabKey(pem: "no key at all") }
        guard case .openSSL("read a private key", let reasons) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(!reasons.isEmpty)
    }
}

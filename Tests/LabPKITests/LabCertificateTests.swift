import LabPKI
import PKITypes
import Testing

@Suite("Certificates of the laboratory, read by the openssl command")
struct LabCertificateTests {
    let openssl: OpenSSLCommand

    init() throws { openssl = try OpenSSLCommand() }

    @Test("every kind of key signs and is certified", arguments: LabKey.Kind.allCases)
    func everyKindOfKey(kind: LabKey.Kind) throws {
        let root = try LabCertificateAuthority(root: "Root", key: kind)
        let issuing = try root.issueIntermediate("Issuing", key: kind)
        let device = try issuing.issueDevice("urn:hospital:device:pump:1", key: kind)
        let verdict = try openssl.verify(device, trusting: root, options: ["-x509_strict", "-purpose", "sslclient"])
        #expect(verdict.code == 0, "\(verdict.text)")
    }

    @Test("a key read back from its PEM is the same key", arguments: LabKey.Kind.allCases)
    func keyRoundTrip(kind: LabKey.Kind) throws {
        let key = try LabKey(kind)
        let again = try LabKey(pem: try key.pem())
        #expect(again.kind == kind)
        #expect(again.publicKey == key.publicKey)
        let path = try openssl.write(try key.pem(), to: "key.pem")
        let check = try openssl.run(["pkey", "-in", path, "-noout", "-check"])
        // OpenSSL 3.0 has no check for Ed25519 keys and says so; it reads them all the same.
        #expect(check.code == 0 || kind == .ed25519, "\(check.text)")
    }

    @Test("RSA signs with PSS when asked", arguments: LabSignature.Digest.allCases.filter { $0 != .md5 })
    func pssSignature(digest: LabSignature.Digest) throws {
        let root = try LabCertificateAuthority(root: "Root", key: .rsa2048) {
            $0.signature = LabSignature(digest: digest, rsaPadding: .pss)
        }
        let text = try openssl.text(root.certificate)
        #expect(text.contains("Signature Algorithm: rsassaPss"))
        #expect(text.contains("Hash Algorithm: \(digest.rawValue)"))
        let verdict = try openssl.verify(root.certificate, trusting: root, options: ["-check_ss_sig"])
        #expect(verdict.code == 0, "\(verdict.text)")
    }

    @Test("a server's certificate holds its names and serves servers only")
    func serverCertificate() throws {
        let root = try LabCertificateAuthority()
        let server = try root.issueServer(dnsNames: ["gw.hospital.example"], ipAddresses: ["192.0.2.1", "2001:db8::1"])
        let text = try openssl.text(server)
        #expect(text.contains("DNS:gw.hospital.example, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1"))
        for (options, code) in [
            (["-purpose", "sslserver", "-verify_hostname", "gw.hospital.example"], Int32(0)),
            (["-purpose", "sslserver", "-verify_ip", "2001:db8::1"], 0),
            (["-purpose", "sslserver", "-verify_hostname", "other.example"], 2),
            (["-purpose", "sslclient"], 2),
        ] {
            let verdict = try openssl.verify(server, trusting: root, options: options)
            #expect(verdict.code == code, "\(options): \(verdict.text)")
        }
    }

    @Test("what a profile asks for is in the certificate")
    func profileFields() throws {
        let root = try LabCertificateAuthority(root: "Root") { $0.basicConstraints = .authority(pathLength: 2) }
        #expect(try openssl.text(root.certificate).contains("CA:TRUE, pathlen:2"))
        let names: [LabGeneralName] = [
            .uri("urn:hospital:device:pump:1"), .email("pump@hospital.example"), .registeredID("1.2.3.4"),
            .directoryName(.commonName("inner")), .hardwareModuleName(type: "1.3.6.1.4.1.1", serial: [1, 2, 3]),
        ]
        let device = try root.issueDevice(names: names) {
            $0.subject = LabName([.country("NL"), .organization("Hospital"), .commonName("pump 1"), .serialNumber("SN1")])
            $0.purposes = [.clientAuth, LabKeyPurpose("1.2.840.1.2.3")]
            $0.keyUsage = [.digitalSignature, .cRLSign, .keyEncipherment]
            $0.crlDistributionPoints = ["http://pki.example/1.crl", "http://pki.example/2.crl"]
            $0.ocspResponders = ["http://ocsp.example/"]
            $0.serial = [0x0a, 0x0b, 0x0c]
            $0.extraExtensions = [
                .certificatePolicies(["1.2.3.5"]), LabExtension("1.2.3.6", .critical, value: LabDER.utf8String("extra")),
            ]
        }
        let text = try openssl.text(device)
        for expected in [
            "Subject: C = NL, O = Hospital, CN = pump 1, serialNumber = SN1",
            "URI:urn:hospital:device:pump:1, email:pump@hospital.example, Registered ID:1.2.3.4, DirName:/CN=inner",
            "TLS Web Client Authentication, 1.2.840.1.2.3", "Digital Signature, Key Encipherment, CRL Sign",
            "URI:http://pki.example/1.crl", "URI:http://pki.example/2.crl", "OCSP - URI:http://ocsp.example/",
            "Serial Number: 658188 (0xa0b0c)", "Policy: 1.2.3.5", "1.2.3.6: critical", "Version: 3 (0x2)",
        ] {
            #expect(text.contains(expected), "\(expected) in \(text)")
        }
        #expect(device.serial == [0x0a, 0x0b, 0x0c])
    }

    @Test("what a profile leaves out is not in the certificate")
    func absentExtensions() throws {
        let root = try LabCertificateAuthority()
        let bare = try root.issueDevice(names: []) {
            $0.purposes = []
            $0.keyUsage = nil
            $0.basicConstraints = .absent
            $0.subjectKeyIdentifier = .absent
            $0.authorityKeyIdentifier = .absent
        }
        #expect(!(try openssl.text(bare)).contains("X509v3"))
        let old = try root.issueDevice("urn:a:b") { $0.version = .v1 }
        let text = try openssl.text(old)
        #expect(text.contains("Version: 1 (0x0)") && !text.contains("X509v3"))
    }

    @Test("the names of an empty subject are critical")
    func emptySubject() throws {
        let device = try LabCertificateAuthority().issueDevice("urn:a:b") { $0.subject = .empty }
        #expect(try openssl.text(device).contains("X509v3 Subject Alternative Name: critical"))
    }

    @Test(
        "serial numbers are written as they are, sound or not",
        arguments: [[0x00], [0xff], [0x00, 0x01], [UInt8](repeating: 0x7f, count: 21)]
    )
    func rawSerial(octets: [UInt8]) throws {
        let device = try LabCertificateAuthority().issueDevice("urn:a:b") { $0.serial = octets }
        #expect(device.der.contains([0x02, UInt8(octets.count)] + octets))
        #expect(device.serial == octets)
    }

    @Test("random serial numbers are positive, 128 bits long and different")
    func randomSerials() throws {
        let root = try LabCertificateAuthority()
        let serials = try (0..<20).map { try root.issueDevice("urn:a:\($0)").serial }
        #expect(Set(serials).count == 20)
        #expect(serials.allSatisfy { $0.count == 16 && (0x40...0x7f).contains($0[0]) })
    }

    @Test("a raw subjectAltName goes in unread")
    func rawNames() throws {
        let malformed: [UInt8] = [0x30, 0x05, 0x86, 0x7f, 0x41]
        let device = try LabCertificateAuthority().issueDevice("urn:a:b") { $0.rawSubjectAlternativeName = malformed }
        #expect(device.der.contains([0x04, 0x05] + malformed))
        #expect(!device.der.contains(Array("urn:a:b".utf8)))
    }
}

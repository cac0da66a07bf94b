import LabPKI
import PKITypes
import Testing

@Suite("Revocation lists of the laboratory, read by the openssl command")
struct LabRevocationListTests {
    let openssl: OpenSSLCommand
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority

    init() throws {
        openssl = try OpenSSLCommand()
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
    }

    @Test("openssl refuses exactly what the lists revoke")
    func bothDirections() throws {
        let good = try issuing.issueDevice("urn:a:good")
        let bad = try issuing.issueDevice("urn:a:bad")
        let leaves = try issuing.revocationList(revoking: [LabRevokedEntry(bad, reason: .keyCompromise)])
        let authorities = try root.revocationList()
        #expect(try openssl.verify(good, trusting: root, lists: [leaves, authorities]).code == 0)
        #expect(try openssl.verify(bad, trusting: root, lists: [leaves, authorities]).text.contains("certificate revoked"))

        let revokedAuthority = try root.revocationList(revoking: [LabRevokedEntry(issuing.certificate)], number: 2)
        let verdict = try openssl.verify(good, trusting: root, lists: [leaves, revokedAuthority])
        #expect(verdict.text.contains("error 23 at 1 depth lookup: certificate revoked"), "\(verdict.text)")
    }

    @Test("every kind of key signs lists", arguments: LabKey.Kind.allCases)
    func everyKindOfKey(kind: LabKey.Kind) throws {
        let signer = try LabCertificateAuthority(root: "Signer", key: kind)
        #expect(try isSignedByItsIssuer(try signer.revocationList(), signer))
        let another = try LabKey(kind)
        #expect(!(try isSignedByItsIssuer(try signer.revocationList { $0.signer = another }, signer)))
    }

    @Test("what a profile asks for is in the list")
    func profileFields() throws {
        let entries = [
            LabRevokedEntry(serial: [0x11], reason: .certificateHold, date: UnixSeconds(1_700_000_000)),
            LabRevokedEntry(
                serial: [0x22], extraExtensions: [LabExtension("1.2.3.4", .critical, value: LabDER.null)]
            ),
        ]
        let scope = try LabExtension.issuingDistributionPoint(.url("http://pki.example/1.crl"), scopes: [.userCertificates])
        let list = try issuing.revocationList(
            revoking: entries, number: 0x1234, thisUpdate: UnixSeconds(1_767_225_600), nextUpdate: LabTime.noExpiration
        ) {
            $0.deltaBase = 5
            $0.extraExtensions = [scope]
        }
        let text = try openssl.text(list)
        for expected in [
            "Version 2 (0x1)", "Last Update: Jan  1 00:00:00 2026 GMT", "Next Update: Dec 31 23:59:59 9999 GMT",
            "X509v3 CRL Number: \n                4660", "Delta CRL Indicator: critical\n                5",
            "Only User Certificates", "URI:http://pki.example/1.crl", "Serial Number: 11", "Certificate Hold",
            "Revocation Date: Nov 14 22:13:20 2023 GMT", "Serial Number: 22", "1.2.3.4: critical",
            "X509v3 Authority Key Identifier",
        ] {
            #expect(text.contains(expected), "\(expected) in \(text)")
        }
        #expect(text.contains("Revocation Date: Jan  1 00:00:00 2026 GMT"), "an entry without a date has thisUpdate")
    }

    @Test("what a profile leaves out is not in the list")
    func absentFields() throws {
        let plain = try issuing.revocationList(number: nil) {
            $0.nextUpdate = nil
            $0.authorityKeyIdentifier = .absent
        }
        let text = try openssl.text(plain)
        #expect(text.contains("Next Update: NONE") && text.contains("No Revoked Certificates"))
        #expect(!text.contains("X509v3"))
        let old = try openssl.text(try issuing.revocationList { $0.version = .v1 })
        #expect(old.contains("Version 1 (0x0)") && !old.contains("X509v3"))
        let foreign = try issuing.revocationList { $0.issuer = .commonName("Somebody Else") }
        #expect(try openssl.text(foreign).contains("Issuer: CN = Somebody Else"))
    }

    @Test("a list of many holds every serial of its sequence once")
    func manyEntries() throws {
        let serials = LabSerialSequence(seed: 7)
        let profile = LabRevocationListProfile(
            revoking: [LabRevokedEntry(serial: [0x33])], number: 9, thisUpdate: UnixSeconds(1_767_225_600), nextUpdate: nil
        )
        let list = try issuing.revocationList(ofMany: 500, serials: serials, reason: .superseded, profile)
        let lines = try openssl.text(list).split(separator: "\n").filter { $0.contains("Serial Number: ") }
        let listed = lines.map { String($0.drop { $0 != ":" }.dropFirst(2)) }
        #expect(listed == ["33"] + (0..<500).map { Hexadecimal.upperCase(serials[$0]) })
        #expect(Set(listed).count == 501)
        #expect(try isSignedByItsIssuer(list, issuing))
    }

    @Test(
        "a list that is written as it is made names its serials, each tenth with a reason, and verifies", arguments: [0, 1, 25])
    func listFile(count: Int) throws {
        let serials = LabSerialSequence(seed: 3)
        let profile = LabRevocationListProfile(
            revoking: [LabRevokedEntry(serial: [0x33])], number: 9, thisUpdate: UnixSeconds(1_767_225_600),
            nextUpdate: UnixSeconds(1_767_312_000)
        )
        let path = openssl.file("many-\(count).crl")
        try issuing.writeRevocationList(ofMany: count, serials: serials, profile, to: path)
        let text = try openssl.run(["crl", "-inform", "DER", "-in", path, "-noout", "-text"]).text
        let lines = text.split(separator: "\n")
        let listed = lines.filter { $0.contains("Serial Number: ") }.map { String($0.drop { $0 != ":" }.dropFirst(2)) }
        #expect(listed == ["33"] + (0..<count).map { Hexadecimal.upperCase(serials.long($0)) })
        #expect(lines.count { $0.contains("Superseded") } == (count + 9) / 10)
        let dates = lines.filter { $0.contains("Revocation Date: ") }
        #expect(
            Set(dates).count >= min(count, 20)
                && dates.allSatisfy { $0.contains("2025 GMT") || $0.contains("Jan  1 00:00:00 2026") })
        let trust = try openssl.write(try issuing.certificate.pem(), to: "issuer.pem")
        let said = try openssl.run(["crl", "-inform", "DER", "-in", path, "-noout", "-CAfile", trust, "-verify"]).text
        #expect(said.contains("verify OK"))
        let empty = LabRevocationListProfile(thisUpdate: LabTime.now(), nextUpdate: nil)
        try issuing.writeRevocationList(ofMany: 0, empty, to: path)
        #expect(
            try openssl.run(["crl", "-inform", "DER", "-in", path, "-noout", "-text"]).text.contains("No Revoked Certificates"))
    }

    @Test("a list of a million verifies")
    func millionEntries() throws {
        let profile = LabRevocationListProfile(thisUpdate: LabTime.now(), nextUpdate: nil)
        let list = try issuing.revocationList(ofMany: 1_000_000, profile)
        #expect(list.der.count > 35_000_000)
        #expect(try isSignedByItsIssuer(list, issuing))
    }

    private func isSignedByItsIssuer(_ list: LabRevocationList, _ issuer: LabCertificateAuthority) throws -> Bool {
        let path = openssl.file("\(LabTime.now().rawValue)-\(UInt64.random(in: 0 ... .max)).crl")
        try list.write(to: path, .der)
        let trust = try openssl.write(try issuer.certificate.pem(), to: "issuer.pem")
        let said = try openssl.run(["crl", "-inform", "DER", "-in", path, "-noout", "-CAfile", trust, "-verify"]).text
        return said.contains("verify OK")
    }
}

import Foundation
import LabPKI
import PKITypes
import Testing

@Suite("A laboratory kept in a directory")
struct LabDirectoryTests {
    let openssl: OpenSSLCommand
    let path: String

    init() throws {
        openssl = try OpenSSLCommand()
        path = openssl.file("pki")
    }

    @Test("init writes every file, keys for their owner alone, and the server's chain verifies for localhost")
    func create() throws {
        let lab = try LabDirectory.create(at: path)
        for file in LabDirectory.File.allCases {
            let attributes = try FileManager.default.attributesOfItem(atPath: lab.path(of: file))
            let expected = file.rawValue.hasSuffix(".key") ? 0o600 : 0o644
            #expect(attributes[.posixPermissions] as? Int == expected, "\(file)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == LabDirectory.File.allCases.count)
        for name in [["-verify_hostname", "localhost"], ["-verify_ip", "127.0.0.1"], ["-verify_ip", "::1"]] {
            #expect(try verify(.serverCertificate, name + ["-purpose", "sslserver"]).code == 0)
        }
        #expect(try verify(.serverCertificate, ["-purpose", "sslclient"]).code == 2)
    }

    @Test("init replaces a laboratory only when told to")
    func refusesToOverwrite() throws {
        let first = try LabDirectory.create(at: path)
        #expect(throws: LabPKIFailure.alreadyExists(path: first.path(of: .rootCertificate))) {
            try LabDirectory.create(at: path)
        }
        #expect(try LabDirectory.open(at: path).root.certificate.der == first.root.certificate.der)
        let second = try LabDirectory.create(at: path, existing: .replace)
        #expect(second.root.certificate.der != first.root.certificate.der)
        #expect(try LabDirectory.open(at: path).root.certificate.der == second.root.certificate.der)
    }

    @Test("a certificate revoked by its serial is refused once the lists are written, and not before")
    func revoke() throws {
        _ = try LabDirectory.create(at: path)
        let lab = try LabDirectory.open(at: path)
        let certificate = try lab.issuing.issueDevice("urn:hospital:device:pump:1")
        try lab.keep(
            certificate, name: "device urn:hospital:device:pump:1", certificate: openssl.file("pump.pem"),
            key: openssl.file("pump.key")
        )
        #expect(try LabCertificate.serialText(pem: try LabFile.read(openssl.file("pump.pem"))) == certificate.serialText)
        #expect(try verifyWithLists(openssl.file("pump.pem")).code == 0)

        let entry = try lab.revoke(serial: certificate.serialText.lowercased(), reason: .keyCompromise)
        #expect(entry.name == "device urn:hospital:device:pump:1")
        #expect(try verifyWithLists(openssl.file("pump.pem")).code == 0)
        #expect(try lab.writeRevocationLists(hours: 1) == 2)
        #expect(try verifyWithLists(openssl.file("pump.pem")).text.contains("certificate revoked"))
        #expect(try verifyWithLists(lab.path(of: .serverCertificate)).code == 0)

        #expect(throws: LabPKIFailure.alreadyRevoked(serial: certificate.serialText)) {
            try lab.revoke(serial: certificate.serialText, reason: .superseded)
        }
        #expect(throws: LabPKIFailure.unknownSerial("ABCD")) { try lab.revoke(serial: "abcd", reason: .superseded) }
    }

    @Test("revoking the issuing authority is said in the root's list")
    func revokeAuthority() throws {
        let lab = try LabDirectory.create(at: path)
        _ = try lab.revoke(serial: lab.issuing.certificate.serialText, reason: .caCompromise)
        try lab.writeRevocationLists(hours: 1)
        #expect(try verifyWithLists(lab.path(of: .serverCertificate)).text.contains("error 23 at 1 depth lookup"))
    }

    @Test("the index reads back as it was written, and a forged name stays in its field")
    func indexRoundTrip() throws {
        var index = LabIndex()
        let notAfter = UnixSeconds(1_767_225_600)
        index.add(LabIndex.Entry(serial: "0A", issuer: .root, notAfter: notAfter, name: "one\tvalid\nBB\troot"))
        index.add(LabIndex.Entry(serial: "0B", issuer: .issuing, notAfter: notAfter, name: "two"))
        for (position, reason) in RevocationReason.allCases.enumerated() {
            let serial = Hexadecimal.upperCase([0x10, UInt8(position)])
            index.add(LabIndex.Entry(serial: serial, issuer: .issuing, notAfter: notAfter, name: reason.name))
            _ = try index.revoke(serial: serial, reason: reason, date: notAfter)
        }
        #expect(try LabIndex(text: index.text, path: "index.txt") == index)
        #expect(index.entries[0].name == "one valid BB root")
        #expect(index.revokedEntries(of: .root).isEmpty)
        #expect(index.revokedEntries(of: .issuing).map(\.serial) == (0..<10).map { [0x10, $0] })
    }

    @Test(
        "a line that is not one of the index is named",
        arguments: [
            "nonsense", "XY\troot\t2026-01-01T00:00:00Z\tvalid\tn", "0A\tother\t2026-01-01T00:00:00Z\tvalid\tn",
            "0A\troot\tyesterday\tvalid\tn", "0A\troot\t2026-01-01T00:00:00Z\trevoked why 2026-01-01T00:00:00Z\tn",
        ]
    )
    func malformedIndex(line: String) {
        #expect(throws: LabPKIFailure.malformedIndex(path: "index.txt", line: 3)) {
            try LabIndex(text: "# header\n\n\(line)\n", path: "index.txt")
        }
    }

    @Test("a directory that is not a laboratory is not opened")
    func missing() {
        #expect(throws: LabPKIFailure.unreadable(path: path + "/device-root.key", errno: ENOENT)) {
            try LabDirectory.open(at: path)
        }
    }

    private func verify(_ file: LabDirectory.File, _ options: [String]) throws -> (code: Int32, text: String) {
        let (root, certificate) = (path + "/device-root.pem", path + "/" + file.rawValue)
        return try openssl.run(["verify", "-CAfile", root, "-untrusted", certificate] + options + [certificate])
    }

    private func verifyWithLists(_ certificate: String) throws -> (code: Int32, text: String) {
        let lists = try LabFile.read(path + "/root.crl") + LabFile.read(path + "/issuing.crl")
        let listFile = try openssl.write(lists, to: "lists.pem")
        return try openssl.run([
            "verify", "-CAfile", path + "/device-root.pem", "-untrusted", path + "/device-issuing.pem", "-crl_check_all",
            "-CRLfile", listFile, certificate,
        ])
    }
}

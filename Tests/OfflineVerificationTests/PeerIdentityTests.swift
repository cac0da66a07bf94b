import OfflineVerification
import Testing
import X509

@Suite("Names that a leaf must carry")
struct PeerIdentityTests {
    @Test(
        "DNS names compare without case; a wildcard stands for one whole leftmost label",
        arguments: [
            ("pump.hosp.example", "pump.hosp.example", true),
            ("PUMP.hosp.example", "pump.HOSP.example", true),
            ("pump.hosp.example", "*.hosp.example", true),
            ("pump.hosp.example", "*.HOSP.Example", true),
            ("hosp.example", "*.hosp.example", false),
            ("a.pump.hosp.example", "*.hosp.example", false),
            ("pump.hosp.example", "p*.hosp.example", false),
            ("pump.hosp.example", "*ump.hosp.example", false),
            ("pump.hosp.example", "pump.*.example", false),
            ("pump.hosp.example", "*.*.example", false),
            ("hosp.example", "*.example", false),
            ("pump", "*", false),
            ("*.hosp.example", "*.hosp.example", false),
            ("pump.hosp.example.", "pump.hosp.example", false),
            ("pump.hosp.example", "pump.hosp.example.", false),
            (".hosp.example", "*.hosp.example", false),
            ("pump.hosp.example", "hosp.example", false),
            ("10.0.0.1", "*.0.0.1", false),
            ("10.0.0.1", "10.0.0.1", false),
            ("", "", false),
        ]
    )
    func dnsNames(wanted: String, presented: String, matches: Bool) {
        #expect(PeerIdentity(kind: .dns, value: wanted).isNamed(by: [.dns(presented)]) == matches)
    }

    @Test(
        "addresses compare by their octets, in their own family",
        arguments: [
            ("10.20.0.1", [10, 20, 0, 1], true),
            ("10.20.0.1", [10, 20, 0, 2], false),
            ("::1", [UInt8](repeating: 0, count: 15) + [1], true),
            ("0:0:0:0:0:0:0:1", [UInt8](repeating: 0, count: 15) + [1], true),
            ("10.20.0.1", [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 20, 0, 1], false),
            ("10.20.0.1/32", [10, 20, 0, 1], false),
            ("pump.hosp.example", [10, 20, 0, 1], false),
        ]
    )
    func addresses(wanted: String, presented: [UInt8], matches: Bool) {
        #expect(PeerIdentity(kind: .ip, value: wanted).isNamed(by: [.ip(presented)]) == matches)
    }

    @Test(
        "mailboxes compare exactly before the @ and without case after it",
        arguments: [
            ("pump@hosp.example", "pump@hosp.example", true),
            ("pump@HOSP.example", "pump@hosp.EXAMPLE", true),
            ("Pump@hosp.example", "pump@hosp.example", false),
            ("hosp.example", "pump@hosp.example", false),
            ("@hosp.example", "@hosp.example", false),
            ("pump@", "pump@", false),
        ]
    )
    func mailboxes(wanted: String, presented: String, matches: Bool) {
        #expect(PeerIdentity(kind: .rfc822, value: wanted).isNamed(by: [.rfc822(presented)]) == matches)
    }

    @Test("a name of another kind, or none, never matches")
    func kinds() {
        let text = "pump.hosp.example"
        #expect(!PeerIdentity(kind: .dns, value: text).isNamed(by: [.uri(text), .rfc822(text), .ip([1, 2, 3, 4])]))
        #expect(!PeerIdentity(kind: .rfc822, value: "a@b.example").isNamed(by: [.dns("a@b.example")]))
        #expect(!PeerIdentity(kind: .ip, value: "1.2.3.4").isNamed(by: [.dns("1.2.3.4")]))
        #expect(!PeerIdentity(kind: .dns, value: text).isNamed(by: []))
        #expect(PeerIdentity(kind: .dns, value: text).isNamed(by: [.uri(text), .dns("other.example"), .dns(text)]))
    }

    @Test(
        "the command line names a kind and a value",
        arguments: [
            ("DNS:pump.example", PeerIdentity(kind: .dns, value: "pump.example")),
            ("dns:pump.example", PeerIdentity(kind: .dns, value: "pump.example")),
            ("IP:fe80::1", PeerIdentity(kind: .ip, value: "fe80::1")),
            ("RFC822:a@b", PeerIdentity(kind: .rfc822, value: "a@b")),
            ("URI:urn:x", nil), ("DNS:", nil), ("DNS", nil), ("", nil), ("pump.example", nil),
        ]
    )
    func arguments(text: String, expected: PeerIdentity?) {
        #expect(PeerIdentity(argument: text) == expected)
    }
}

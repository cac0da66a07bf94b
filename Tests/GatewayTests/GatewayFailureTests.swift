import Configuration
import Testing

@testable import Gateway

@Suite("Why a reload was not taken")
struct GatewayFailureTests {
    private static func finding(_ severity: Finding.Severity, _ subject: String?, _ message: String) -> Finding {
        Finding(file: "/etc/gateway.yaml", position: .start, severity: severity, message: message, subject: subject)
    }

    @Test("The files at fault are those that an error is about: no warning, and none that a text only mentions")
    func faultyFiles() {
        let failure = GatewayFailure.findings([
            Self.finding(.error, "/pki/issuing.crl.old", "'/pki/issuing.crl.old': is not readable"),
            Self.finding(.warning, "/pki/root.crl", "'/pki/root.crl': is stale"),
            Self.finding(.warning, "/pki/sub.crl", "'/pki/sub.crl': contradicts a list in /pki/issuing.crl"),
            Self.finding(.error, nil, "unknown key"),
        ])
        #expect(failure.faultyFiles == ["/pki/issuing.crl.old"])
        #expect(failure.description.contains("/pki/issuing.crl:") == false)
    }

    @Test("What the system refuses is the fault of no file", arguments: [GatewayFailure.system("/x.crl"), .unreadable("/x.crl")])
    func system(_ failure: GatewayFailure) {
        #expect(failure.faultyFiles.isEmpty)
    }
}

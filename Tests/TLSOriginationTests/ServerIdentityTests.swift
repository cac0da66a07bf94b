import LabPKI
import PKITypes
import TLSOrigination
import TLSStream
import TLSTesting
import Testing

@Suite("An upstream must prove the name that was asked for (RFC 9525)")
struct ServerIdentityTests {
    private static let laboratory = Result { try TLSLaboratory() }

    /// A server's names, the name that the client asks for, and whether that is the server's.
    struct Row: CustomTestStringConvertible, Sendable {
        let dns: [String]
        let ip: [String]
        let asked: String
        let isProven: Bool

        var testDescription: String { "\(dns + ip) asked as \(asked)" }
    }

    private static let rows = [
        Row(dns: ["broker.hosp"], ip: [], asked: "broker.hosp", isProven: true),
        Row(dns: ["Broker.HOSP"], ip: [], asked: "broker.hosp", isProven: true),
        Row(dns: ["other.hosp"], ip: [], asked: "broker.hosp", isProven: false),
        Row(dns: ["broker.hosp"], ip: [], asked: "broker.hosp.evil.example", isProven: false),
        Row(dns: ["broker.hosp"], ip: [], asked: "a.broker.hosp", isProven: false),
        Row(dns: ["hosp"], ip: [], asked: "broker.hosp", isProven: false),
        Row(dns: ["*.hosp.example"], ip: [], asked: "broker.hosp.example", isProven: true),
        Row(dns: ["*.hosp.example"], ip: [], asked: "hosp.example", isProven: false),
        Row(dns: ["*.hosp.example"], ip: [], asked: "a.broker.hosp.example", isProven: false),
        Row(dns: ["br*.hosp.example"], ip: [], asked: "broker.hosp.example", isProven: false),
        Row(dns: ["*er.hosp.example"], ip: [], asked: "broker.hosp.example", isProven: false),
        Row(dns: ["broker.*.example"], ip: [], asked: "broker.hosp.example", isProven: false),
        Row(dns: ["a.hosp", "broker.hosp"], ip: [], asked: "broker.hosp", isProven: true),
        Row(dns: [], ip: ["192.0.2.7"], asked: "192.0.2.7", isProven: true),
        Row(dns: [], ip: ["192.0.2.7"], asked: "192.0.2.8", isProven: false),
        Row(dns: [], ip: ["2001:db8::7"], asked: "2001:db8:0:0::7", isProven: true),
        Row(dns: [], ip: ["192.0.2.7"], asked: "::ffff:192.0.2.7", isProven: false),
        // A dNSName never stands for an address, nor an address for a name.
        Row(dns: ["192.0.2.7"], ip: [], asked: "192.0.2.7", isProven: false),
        Row(dns: ["*"], ip: [], asked: "192.0.2.7", isProven: false),
    ]

    @Test("name", arguments: rows, TLSVersion.allCases)
    func name(row: Row, version: TLSVersion) throws {
        let laboratory = try Self.laboratory.get()
        let server = try laboratory.root.issueServer(dnsNames: row.dns, ipAddresses: row.ip)
        let outcome = try Self.handshake(laboratory, server, asked: row.asked, version)
        if row.isProven { #expect(outcome == .done) } else { Self.expectRefusal(outcome) }
    }

    @Test("The common name is not consulted, even when there is no SAN", arguments: TLSVersion.allCases)
    func commonName(version: TLSVersion) throws {
        let laboratory = try Self.laboratory.get()
        let server = try laboratory.root.issueServer(dnsNames: ["broker.hosp"], ipAddresses: []) {
            $0.subjectAlternativeNames = []
        }
        Self.expectRefusal(try Self.handshake(laboratory, server, asked: "broker.hosp", version))
    }

    @Test("Another CA, an expired certificate and one for clients are refused", arguments: TLSVersion.allCases)
    func path(version: TLSVersion) throws {
        let laboratory = try Self.laboratory.get()
        let refused = [
            try LabCertificateAuthority(root: "Somebody Else").issueServer(),
            try laboratory.root.issueServer { $0.validity = .expired },
            try laboratory.root.issueServer { $0.purposes = [.clientAuth] },
            try laboratory.root.issueServer().withBrokenSignature,
        ]
        for server in refused { Self.expectRefusal(try Self.handshake(laboratory, server, asked: "localhost", version)) }
        #expect(try Self.handshake(laboratory, laboratory.server, asked: "localhost", version) == .done)
    }

    private static func handshake(
        _ laboratory: TLSLaboratory, _ server: LabCertificate, asked: String, _ version: TLSVersion
    ) throws -> TLSPair.Outcome {
        let pair = TLSPair(
            server: try laboratory.serverContext([CertifiedKey(server)]),
            client: try laboratory.clientContext(serverName: asked, versions: version...version),
            judge: FixedJudge(.accept)
        )
        return pair.shakeHands().client
    }

    private static func expectRefusal(_ outcome: TLSPair.Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
        guard case .failed(.protocolError) = outcome else {
            Issue.record("not refused: \(outcome)", sourceLocation: sourceLocation)
            return
        }
    }
}

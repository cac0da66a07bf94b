import GatewayTesting
import LabPKI
import PathValidation
import SignatureChecking
import TLSOrigination
import TLSStream
import TLSTermination
import Testing

@testable import Gateway

@Suite("TLS contexts are taken over while what they are made of is unchanged")
struct LoopContextsTests {
    /// Something that a reload may find changed.
    struct Change: Sendable, CustomStringConvertible {
        let description: String
        let apply: @Sendable (GatewayFixture) throws -> Void

        static func text(_ part: String, _ other: String) -> Change {
            Change(description: other) { $0.rewriteConfiguration($0.site.text.replacing(part, by: other)) }
        }

        static func listener(_ line: String) -> Change {
            Change(description: line) { $0.rewriteConfiguration($0.site.text.addingToListener(line)) }
        }

        static func files(
            _ description: String, _ write: @escaping @Sendable (TemporaryDirectory, DevicePKI) throws -> Void
        ) -> Change {
            Change(description: description) { try write($0.directory, $0.pki) }
        }
    }

    private struct Contexts {
        let servers: [TLSServerContext]
        let clients: [TLSClientContext]

        init(_ gateway: Gateway) {
            let loops = gateway.state.withLock { $0.prepared.contexts }
            servers = loops.compactMap { $0.server(of: "devices") }
            clients = loops.compactMap { $0.client(of: "backend") }
        }
    }

    private func gateway() async throws -> GatewayFixture {
        try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            configuration: {
                $0.replacing(
                    "upstreams:\n  backend:\n",
                    by: "upstreams:\n  backend:\n    tls: { trust: platform.pem, name: localhost }\n")
            },
            files: { directory, pki in try pki.root.certificate.write(to: directory.file("platform.pem"), .alone) }
        )
    }

    @Test("By every loop, when lists, policies or files' times alone have changed")
    func takenOver() async throws {
        let fixture = try await gateway()
        let before = Contexts(fixture.gateway)
        #expect(before.servers.count == 2 && before.clients.count == 2)
        try fixture.pki.server.write(to: fixture.directory.file("server.pem"))
        fixture.rewriteConfiguration(fixture.site.text.replacing("name: devices", by: "name: others"))
        try fixture.revoke([], number: 2)
        let after = Contexts(fixture.gateway)
        #expect(after.servers.elementsEqual(before.servers) { $0 === $1 })
        #expect(after.clients.elementsEqual(before.clients) { $0 === $1 })
        // No loop shares another's.
        #expect(after.servers[0] !== after.servers[1])
        await fixture.gateway.stop()
    }

    @Test(
        "Not by a listener that would be another",
        arguments: [
            .listener("alpn: [mqtt]"), .listener("tls_profile: tls13-only"), .listener("resumption: allowed"),
            .listener("limits: { chain_depth: 4 }"), .listener("limits: { chain_bytes: 31KiB }"),
            .text("intermediates: [issuing.pem]", "intermediates: []"),
            .listener("extended_key_usage: [1.3.6.1.5.5.7.3.4]"),
            .files("a longer chain of the same certificate") { directory, pki in
                directory.write(try pki.server.chainPEM() + pki.root.certificate.pem(), to: "server.pem")
            },
            .files("another key with its certificate") { directory, pki in
                let server = try pki.issuing.issueServer(dnsNames: ["localhost"])
                try server.write(to: directory.file("server.pem"))
                try server.key.write(to: directory.file("server.key"))
            },
            .files("one more trust anchor") { directory, pki in
                let more = try LabCertificateAuthority(root: "One more root")
                directory.write(try pki.root.certificate.pem() + more.certificate.pem(), to: "root.pem")
                let lists = try pki.root.revocationList().pem() + more.revocationList().pem()
                directory.write(lists, to: "root.crl")
            },
        ] as [Change])
    func madeAnew(_ change: Change) async throws {
        let fixture = try await gateway()
        let before = Contexts(fixture.gateway)
        try change.apply(fixture)
        _ = try fixture.gateway.reload().get()
        let after = Contexts(fixture.gateway)
        #expect(after.servers.count == 2 && !after.servers.contains { context in before.servers.contains { $0 === context } })
        #expect(after.clients.elementsEqual(before.clients) { $0 === $1 })
        await fixture.gateway.stop()
    }

    @Test("Not by an upstream that is believed by another authority")
    func upstream() async throws {
        let fixture = try await gateway()
        let before = Contexts(fixture.gateway)
        try LabCertificateAuthority(root: "Another root").certificate.write(to: fixture.directory.file("platform.pem"), .alone)
        _ = try fixture.gateway.reload().get()
        let after = Contexts(fixture.gateway)
        #expect(!after.clients.contains { context in before.clients.contains { $0 === context } })
        #expect(after.servers.elementsEqual(before.servers) { $0 === $1 })
        await fixture.gateway.stop()
    }

    @Test("Every property of a listener's TLS counts, and no private key is kept")
    func serverSettings() {
        func settings(_ changed: String? = nil) -> TLSServerContext.Settings {
            let key = CertifiedKey(chain: [1], key: [changed == "certificates" ? 2 : 3])
            let binding = SessionBinding(listener: "a", trustSet: sha256Fingerprint([]), profile: .bcp195)
            return TLSServerContext.Settings(
                profile: changed == "profile" ? .tls13Only : .bcp195, certificates: [key],
                applicationProtocols: changed == "applicationProtocols" ? ["a"] : [],
                maximumChainBytes: changed == "maximumChainBytes" ? 1 : 2,
                resumption: changed == "resumption" ? .allowed(binding) : .never)
        }
        expectEachCounts(settings().withoutKeys) { settings($0).withoutKeys }
        #expect(settings().withoutKeys.certificates.map(\.key) == [sha256Fingerprint([3]).octets])
        expectEachCounts(CertifiedKey(chain: [1], key: [1])) {
            CertifiedKey(chain: [$0 == "chain" ? 2 : 1], key: [$0 == "key" ? 2 : 1])
        }
    }

    @Test("Every property of an upstream's TLS counts, and no private key is kept")
    func clientSettings() {
        func settings(_ changed: String? = nil) -> TLSClientContext.Settings {
            TLSClientContext.Settings(
                trustAnchors: [changed == "trustAnchors" ? 2 : 1], serverName: changed == "serverName" ? "b" : "a",
                certificate: CertifiedKey(chain: [1], key: [changed == "certificate" ? 2 : 3]),
                versions: changed == "versions" ? .tls13 ... .tls13 : .tls12 ... .tls13,
                applicationProtocols: changed == "applicationProtocols" ? ["a"] : [])
        }
        expectEachCounts(settings().withoutKey) { settings($0).withoutKey }
        #expect(settings().withoutKey.certificate?.key == sha256Fingerprint([3]).octets)
    }

    @Test("Every property of how paths are found counts")
    func paths() {
        func settings(_ changed: String? = nil) -> OpenSSLPathEngine.Settings {
            OpenSSLPathEngine.Settings(
                trust: changed == "trust" ? [.init(entry: "a", certificates: [])] : [],
                intermediates: changed == "intermediates" ? [[1]] : [],
                policy: PathPolicy(maximumDepth: changed == "policy" ? 1 : 2))
        }
        expectEachCounts(settings()) { settings($0) }
        #expect(settings().trustSet == settings().trustSet)
    }

    /// The value has the properties that `changed` knows, and differs when any of them does.
    private func expectEachCounts<Value: Equatable>(_ value: Value, _ changed: (String) -> Value) {
        let properties = Mirror(reflecting: value).children.compactMap(\.label)
        #expect(properties.count >= 2)
        for property in properties { #expect(changed(property) != value, "\(property) is not compared") }
        #expect(changed("nothing") == value)
    }
}

import GatewayTesting
import LabPKI
import PKITypes
import Testing

@Suite("A device that may not connect reads why, and nothing of it reaches the upstream")
struct RefusalTests {
    /// A kind of device that is refused in the handshake.
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case withoutCertificate, revoked, expired, notYetValid, ofAnotherCA, withServerPurpose, withoutIdentity, outOfScope

        var testDescription: String { rawValue }

        var reason: RefusalReason {
            switch self {
            case .withoutCertificate: .noCertificate
            case .revoked: .revoked
            case .expired: .expired
            case .notYetValid: .notYetValid
            case .ofAnotherCA: .unknownCA
            case .withServerPurpose: .wrongPurpose
            case .withoutIdentity: .identityMissing
            case .outOfScope: .identityOutOfScope
            }
        }

        /// RFC 8446 §6; contract 6.4.
        func alert(_ version: TLSVersion) -> UInt8 {
            switch self {
            case .withoutCertificate: version == .tls13 ? 116 : 40
            case .revoked: 44
            case .expired: 45
            case .notYetValid: 46
            case .ofAnotherCA: 48
            case .withServerPurpose: 43
            case .withoutIdentity, .outOfScope: 42
            }
        }

        func certificate(_ pki: DevicePKI) throws -> LabCertificate? {
            let identity = "urn:hospital:device:pump:7"
            return switch self {
            case .withoutCertificate: nil
            case .revoked: try pki.issuing.issueDevice(identity) { $0.serial = Self.revokedSerial }
            case .expired: try pki.issuing.issueDevice(identity) { $0.validity = .expired }
            case .notYetValid: try pki.issuing.issueDevice(identity) { $0.validity = .notYetValid }
            case .ofAnotherCA: try DevicePKI().issuing.issueDevice(identity)
            case .withServerPurpose: try pki.issuing.issueDevice(identity) { $0.purposes = [.serverAuth] }
            case .withoutIdentity: try pki.issuing.issueDevice(names: [.dns("pump.example")])
            case .outOfScope: try pki.issuing.issueDevice("urn:another:house:pump:7")
            }
        }

        static let revokedSerial: [UInt8] = [0x55, 0x01]
    }

    @Test(
        "B001 B002 B013 B015: the alert, one log line, no connection to the upstream", arguments: Kind.allCases,
        TLSVersion.allCases)
    func refused(_ kind: Kind, _ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            files: { directory, pki in
                try pki.issuing.revocationList(revoking: [LabRevokedEntry(serial: Kind.revokedSerial, reason: .keyCompromise)])
                    .write(to: directory.file("issuing.crl"))
            }
        )
        let certificate = try kind.certificate(fixture.pki)
        #expect(try await fixture.attempt(certificate, version) == .alert(kind.alert(version)))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == [kind.reason.rawValue])
        #expect(refused.first?.fields["alert"] == "\(kind.alert(version))")
        #expect(refused.first?.fields["serial"] == certificate?.serialText)
        if kind == .revoked {
            #expect(refused.first?.fields["revocation_reason"] == "keyCompromise")
            #expect(refused.first?.fields["list"]?.hasSuffix("issuing.crl") == true)
        }

        // A good device after it is the first that the upstream hears of: the refused one was not merely late.
        #expect(try await fixture.attempt(fixture.pki.pump(), version) == .served)
        #expect(upstream.connections == 1)
        #expect(fixture.log.lines("refused").count == 1)
        await fixture.gateway.stop()
    }

    @Test("B016: a revoked intermediate refuses all its devices and nobody else's", arguments: TLSVersion.allCases)
    func revokedIntermediate(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo()
        let pki = try DevicePKI()
        let other = try pki.root.issueIntermediate("Another Issuing")
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            pki: { pki },
            configuration: {
                $0.replacing("[issuing.pem]", by: "[issuing.pem, other.pem]")
                    .replacing("{ file: issuing.crl }", by: "{ file: issuing.crl }, { file: other.crl }")
            },
            files: { directory, pki in
                try pki.root.revocationList(revoking: [LabRevokedEntry(pki.issuing.certificate)]).write(
                    to: directory.file("root.crl"))
                try other.certificate.write(to: directory.file("other.pem"), .alone)
                try other.revocationList().write(to: directory.file("other.crl"))
            }
        )
        #expect(try await fixture.attempt(pki.pump(1), version) == .alert(44))
        #expect(try await fixture.attempt(pki.pump(2), version) == .alert(44))
        #expect(try await fixture.attempt(other.issueDevice("urn:hospital:device:pump:3"), version) == .served)
        let refused = try await fixture.log.lines("refused", atLeast: 2)
        #expect(refused.map { $0.fields["reason"] } == ["revoked", "revoked"])
        #expect(refused.map { $0.fields["depth"] } == ["1", "1"])
        #expect(upstream.connections == 1)
        await fixture.gateway.stop()
    }

    @Test("B019: a list past its nextUpdate refuses, and the log says that it is stale", arguments: TLSVersion.allCases)
    func staleList(_ version: TLSVersion) async throws {
        let upstream = try ScriptedUpstream.echo()
        let fixture = try await GatewayFixture(
            upstream: upstream.address,
            files: { directory, pki in
                let now = LabTime.now()
                try pki.issuing.revocationList(thisUpdate: now + -7200, nextUpdate: now + -3600).write(
                    to: directory.file("issuing.crl"))
            }
        )
        #expect(fixture.log.lines.contains { $0.message.contains("issuing.crl") && $0.message.contains("stale") })
        #expect(try await fixture.attempt(fixture.pki.pump(), version) == .alert(46))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["revocation-stale"])
        #expect(refused.first?.fields["list"]?.hasSuffix("issuing.crl") == true)
        #expect(upstream.connections == 0)
        await fixture.gateway.stop()
    }

    @Test("A list whose thisUpdate lies in the future speaks for nobody yet")
    func futureList() async throws {
        let fixture = try await GatewayFixture(
            upstream: ScriptedUpstream.echo().address,
            files: { directory, pki in
                try pki.issuing.revocationList(thisUpdate: LabTime.now() + 3600).write(to: directory.file("issuing.crl"))
            }
        )
        #expect(try await fixture.attempt(fixture.pki.pump()) == .alert(46))
        let refused = try await fixture.log.lines("refused", atLeast: 1)
        #expect(refused.map { $0.fields["reason"] } == ["revocation-unknown"])
        await fixture.gateway.stop()
    }
}

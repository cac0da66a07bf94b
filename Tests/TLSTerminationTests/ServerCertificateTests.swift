import LabPKI
import PKITypes
import TLSStream
import TLSTermination
import TLSTesting
import Testing

@Suite("Server certificates are checked before they are shown")
struct ServerCertificateTests {
    private func failure(_ certificates: [CertifiedKey]) throws -> TLSServerContext.Failure? {
        do {
            _ = try TLSLaboratory().serverContext(certificates)
            return nil
        } catch let failure as TLSServerContext.Failure { return failure }
    }

    @Test("Every kind of key serves, alone", arguments: LabKey.Kind.allCases, TLSVersion.allCases)
    func everyKind(kind: LabKey.Kind, version: TLSVersion) throws {
        // TLS 1.2 suites know no other kind than ECDSA (which covers EdDSA, RFC 8422 §2.2) and RSA.
        let laboratory = try TLSLaboratory()
        let certificate = try laboratory.root.issueServer(key: kind)
        let pair = TLSPair(
            server: try laboratory.serverContext([CertifiedKey(certificate)]),
            client: try laboratory.clientContext(versions: version...version),
            judge: FixedJudge(.accept)
        )
        #expect(pair.shakeHands() == (.done, .done))
    }

    @Test("RSA beside ECDSA, in either order: the client's preference decides", arguments: [true, false])
    func several(isRSAFirst: Bool) throws {
        let laboratory = try TLSLaboratory()
        let keys = [try CertifiedKey(laboratory.server), try CertifiedKey(laboratory.root.issueServer(key: .rsa2048))]
        let pair = TLSPair(
            server: try laboratory.serverContext(isRSAFirst ? keys.reversed() : keys),
            client: try laboratory.clientContext(),
            judge: FixedJudge(.accept)
        )
        #expect(pair.shakeHands() == (.done, .done))
        #expect(pair.client.peerSignature == "id-ecPublicKey+SHA256")
    }

    @Test("A key that belongs to another certificate is named by its position")
    func mismatch() throws {
        let laboratory = try TLSLaboratory()
        let good = try CertifiedKey(laboratory.server)
        let other = CertifiedKey(chain: good.chain, key: Array(try LabKey().pem().utf8))
        let found = try failure([good, other])
        #expect(found == .certificate(position: 1, .keyDoesNotMatch("key values mismatch")))
        #expect(found?.description == "the private key does not belong to the certificate: key values mismatch")
        let otherKind = CertifiedKey(chain: good.chain, key: Array(try LabKey(.rsa2048).pem().utf8))
        guard case .certificate(position: 0, .keyDoesNotMatch) = try failure([otherKind]) else {
            Issue.record("a key of another kind was taken")
            return
        }
    }

    @Test("A key with a passphrase is refused without asking for it")
    func encryptedKey() throws {
        let encrypted = CertifiedKey(chain: Array(WeakServer.certificate.utf8), key: Array(WeakServer.encryptedKey.utf8))
        guard case .certificate(position: 0, .noKey(let cause)) = try failure([encrypted]) else {
            Issue.record("an encrypted key was taken")
            return
        }
        #expect(!cause.isEmpty)
    }

    @Test("A server key of 1024 bits is refused, though certificate and key belong together")
    func weakKey() throws {
        let weak = CertifiedKey(chain: Array(WeakServer.certificate.utf8), key: Array(WeakServer.key.utf8))
        #expect(try failure([weak]) == .certificate(position: 0, .refused("ee key too small")))
    }

    @Test("Texts that hold no certificate or no key")
    func nothingThere() throws {
        let good = try CertifiedKey(TLSLaboratory().server)
        for chain in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            guard case .certificate(_, .noCertificate) = try failure([CertifiedKey(chain: Array(chain.utf8), key: good.key)])
            else {
                Issue.record("a certificate was found in \(chain.debugDescription)")
                continue
            }
        }
        for key in [[], Array("garbage".utf8), good.chain] {
            guard case .certificate(_, .noKey) = try failure([CertifiedKey(chain: good.chain, key: key)]) else {
                Issue.record("a key was found in \(key.count) octets")
                continue
            }
        }
    }

    @Test("A chain that is damaged after its first certificate is refused")
    func damagedChain() throws {
        let good = try CertifiedKey(TLSLaboratory().server)
        let damaged = "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"
        let found = try failure([CertifiedKey(chain: good.chain + Array(damaged.utf8), key: good.key)])
        #expect(found != nil, "the rest of the chain would silently not be sent")
    }

    @Test("The intermediates of the file are sent")
    func chain() throws {
        let laboratory = try TLSLaboratory()
        let intermediate = try laboratory.root.issueIntermediate()
        let pair = TLSPair(
            server: try laboratory.serverContext([CertifiedKey(intermediate.issueServer())]),
            client: try laboratory.clientContext(),
            judge: FixedJudge(.accept)
        )
        #expect(pair.shakeHands() == (.done, .done))
    }
}

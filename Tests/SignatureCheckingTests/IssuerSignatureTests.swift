import LabPKI
import PathValidation
import RevocationLists
import SignatureChecking
import Testing
import VerificationCore
import X509

@Suite("Signatures of lists")
struct IssuerSignatureTests {
    private func cover(_ list: LabRevocationList, value: [UInt8]? = nil) throws -> ListSignature {
        let parsed = try CertificateRevocationList(der: list.der)
        return try IssuerSignature.cover(
            tbs: parsed.bytes[parsed.toBeSigned], algorithm: parsed.facts.signatureAlgorithm,
            value: value ?? Array(parsed.bytes[parsed.signature])
        )
    }

    private func isSigned(_ signature: ListSignature, by certificate: LabCertificate) throws -> Bool {
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: [certificate.der])
        let engine = try #require(OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 1)))
        return engine.isSigned(signature, by: certificate.der)
    }

    /// RSA keys take long to make: one authority of each kind for all tests.
    private static let authorities = Result {
        try LabKey.Kind.allCases.map { ($0, try LabCertificateAuthority(key: $0)) }
    }

    private func authority(_ kind: LabKey.Kind) throws -> LabCertificateAuthority {
        try #require(try Self.authorities.get().first { $0.0 == kind }).1
    }

    @Test("the issuer's key proves its list, and no other key does", arguments: LabKey.Kind.allCases)
    func keys(kind: LabKey.Kind) throws {
        let (issuer, other) = (try authority(kind), try LabCertificateAuthority(key: kind))
        let signature = try cover(issuer.revocationList(revoking: [LabRevokedEntry(serial: [1])]))
        #expect(try isSigned(signature, by: issuer.certificate))
        #expect(try !isSigned(signature, by: other.certificate))
        for otherKind in LabKey.Kind.allCases where otherKind != kind {
            #expect(try !isSigned(signature, by: authority(otherKind).certificate))
        }
    }

    @Test("a changed signature, or a changed list, is not signed", arguments: LabKey.Kind.allCases)
    func changes(kind: LabKey.Kind) throws {
        let issuer = try authority(kind)
        let list = try issuer.revocationList()
        let good = try cover(list)
        var broken = good.value
        broken[broken.count - 1] ^= 1
        #expect(try !isSigned(cover(list, value: broken), by: issuer.certificate))
        #expect(try !isSigned(cover(list, value: []), by: issuer.certificate))
        let another = try cover(issuer.revocationList(number: 2), value: good.value)
        #expect(try !isSigned(another, by: issuer.certificate))
    }

    @Test("digests of 256 bits and more, with both RSA paddings", arguments: [LabSignature.Digest.sha256, .sha384, .sha512])
    func digests(digest: LabSignature.Digest) throws {
        for (kind, padding) in [
            (LabKey.Kind.p256, LabSignature.RSAPadding.pkcs1), (.p384, .pkcs1), (.rsa2048, .pkcs1), (.rsa2048, .pss),
        ] {
            let issuer = try authority(kind)
            let list = try issuer.revocationList { $0.signature = LabSignature(digest: digest, rsaPadding: padding) }
            #expect(try isSigned(cover(list), by: issuer.certificate), "\(kind) \(padding)")
        }
    }

    @Test("SHA-1 and MD5 are refused before any key is asked")
    func weak() throws {
        let weak: [(LabKey.Kind, LabSignature)] = [
            (.p256, .sha1), (.rsa2048, .sha1), (.rsa2048, LabSignature(digest: .md5)),
            (.rsa2048, LabSignature(digest: .sha1, rsaPadding: .pss)),
        ]
        for (kind, signature) in weak {
            let list = try authority(kind).revocationList { $0.signature = signature }
            #expect(throws: IssuerSignature.Failure.weakAlgorithm) { try cover(list) }
        }
    }

    @Test("an algorithm that nobody knows is refused, junk too")
    func unknown() {
        for algorithm in [[], [0x30, 0x00], [0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x04]] as [[UInt8]] {
            #expect(throws: IssuerSignature.Failure.unknownAlgorithm) {
                try IssuerSignature.cover(tbs: [1, 2, 3], algorithm: algorithm, value: [1])
            }
        }
    }

    @Test("one-pass algorithms keep the list itself, up to a limit")
    func onePass() throws {
        let ed25519 = try LabKey(.ed25519).algorithm(.sha256)
        let limit = IssuerSignature.maximumOnePassOctets
        let kept = try IssuerSignature.cover(tbs: [UInt8](repeating: 0, count: limit)[...], algorithm: ed25519, value: [])
        guard case .message(let octets) = kept.covered else {
            Issue.record("expected the message itself")
            return
        }
        #expect(octets.count == limit)
        #expect(throws: IssuerSignature.Failure.tooLargeForOnePass(octets: limit + 1)) {
            try IssuerSignature.cover(tbs: [UInt8](repeating: 0, count: limit + 1)[...], algorithm: ed25519, value: [])
        }
    }

    @Test("only a signer with cRLSign, where keyUsage is present, proves a list")
    func cRLSign() throws {
        for (usage, expected) in [([.keyCertSign], false), ([.keyCertSign, .cRLSign], true), (nil, true)]
            as [(LabKeyUsage?, Bool)]
        {
            let issuer = try LabCertificateAuthority { $0.keyUsage = usage }
            let parsed = try CertificateRevocationList(der: issuer.revocationList().der)
            let list = IndexedList(
                source: "test", anchorEntry: "devices", list: parsed, nextUpdate: try #require(parsed.nextUpdate),
                signature: try cover(issuer.revocationList()), hash: SipHash(keyLow: 1, keyHigh: 2)
            )
            let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: [issuer.certificate.der])
            let engine = try #require(OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 1)))
            let proof = ListProof(
                index: RevocationIndex(lists: [list]), anchorEntry: "devices", policy: RevocationPolicy(), now: LabTime.now(),
                clockSkewSeconds: 0, waiting: .never
            )
            let signers = [ListSigner(anchor: issuer.certificate.der)].compactMap { $0 }
            #expect(proof.prove([list], by: signers, engine).provers.isEmpty == !expected)
            #expect(list.isProven == expected)
        }
    }
}

import LabPKI
import PKITypes
import PathValidation
import Testing
import VerificationCore
import X509

/// Which signers off a device's path are believed (RFC 5280 §6.3.3 (f)), with signatures that a table decides.
@Suite("Proof of lists by signers of their own")
struct ListProofTests {
    let fixture: DecisionFixture

    init() throws { fixture = try DecisionFixture() }

    /// Believes the signatures of one key.
    struct OneKey: ListSignatureChecker {
        let signer: [UInt8]
        func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool { issuer == signer }
    }

    private static let name = "Pulsegate Laboratory Issuing CA"

    private func signer(_ adjust: LabCertificateAuthority.Adjustment) throws -> LabCertificate {
        try fixture.root.issueIntermediate(Self.name, adjust: adjust).certificate
    }

    private func isProven(
        _ list: IndexedList, by signer: LabCertificate, beside lists: [IndexedList],
        _ unknown: UnknownStatusPolicy = .refuse
    ) throws -> Bool {
        let path = ValidatedPath.stated(signer, below: [fixture.root.certificate.der])
        let signers = [ListSigner(path)].compactMap { $0 }
        let proof = ListProof(
            index: RevocationIndex(lists: lists + [list]), anchorEntry: DecisionFixture.anchorName,
            policy: RevocationPolicy(unknownStatus: unknown), now: fixture.now, clockSkewSeconds: 0, waiting: .never
        )
        let provers = proof.prove([list], by: signers, OneKey(signer: signer.der)).provers
        #expect(provers.isEmpty == !list.isProven)
        return list.isProven
    }

    private func parked(_ revoking: [LabRevokedEntry] = []) throws -> IndexedList {
        try DecisionFixture.indexed(fixture.issuing.revocationList(revoking: revoking), .parked)
    }

    @Test("a signer with the right to sign lists, and of good status, proves its issuer's lists")
    func good() throws {
        let good = try DecisionFixture.indexed(fixture.root.revocationList())
        #expect(try isProven(parked(), by: signer { $0.keyUsage = [.cRLSign] }, beside: [good]))
        #expect(try isProven(parked(), by: signer { $0.keyUsage = nil }, beside: [good]))
        #expect(try !isProven(parked(), by: signer { $0.keyUsage = [.keyCertSign] }, beside: [good]))
        let stranger = try fixture.root.issueIntermediate("Stranger").certificate
        #expect(try !isProven(parked(), by: stranger, beside: [good]))
    }

    @Test("a device's certificate without keyUsage signs no lists; one that says so does")
    func endEntities() throws {
        let good = try DecisionFixture.indexed(fixture.root.revocationList())
        func device(_ usage: LabKeyUsage?) throws -> LabCertificate {
            try signer {
                $0.basicConstraints = .endEntity
                $0.keyUsage = usage
            }
        }
        #expect(try !isProven(parked(), by: device(nil), beside: [good]))
        #expect(try !isProven(parked(), by: device([.digitalSignature]), beside: [good]))
        #expect(try isProven(parked(), by: device([.cRLSign]), beside: [good]))
    }

    @Test("a revoked signer proves nothing; one of unknown or stale status what policy says")
    func status() throws {
        let signer = try signer { $0.keyUsage = [.cRLSign] }
        let revoking = try DecisionFixture.indexed(fixture.root.revocationList(revoking: [LabRevokedEntry(signer)]))
        let stale = try DecisionFixture.indexed(fixture.root.revocationList(nextUpdate: fixture.now + -1))
        for unknown in UnknownStatusPolicy.allCases {
            #expect(try !isProven(parked(), by: signer, beside: [revoking], unknown))
            #expect(try !isProven(parked(), by: signer, beside: [stale], unknown))
            #expect(try isProven(parked(), by: signer, beside: [], unknown) == (unknown == .admit))
        }
    }

    @Test("a signer whose status stands in its own list is believed unless that list revokes it")
    func circular() throws {
        let signer = try fixture.issuing.issueIntermediate(Self.name) { $0.keyUsage = [.cRLSign] }.certificate
        let path = ValidatedPath.stated(signer, below: [fixture.issuing.certificate.der, fixture.root.certificate.der])
        let signers = [ListSigner(path)].compactMap { $0 }
        try #require(signers.count == 1)
        for (revoked, isProven) in [([], true), ([LabRevokedEntry(signer)], false)] as [([LabRevokedEntry], Bool)] {
            let list = try parked(revoked)
            let root = try DecisionFixture.indexed(fixture.root.revocationList())
            let proof = ListProof(
                index: RevocationIndex(lists: [root, list]), anchorEntry: DecisionFixture.anchorName,
                policy: RevocationPolicy(), now: fixture.now, clockSkewSeconds: 0, waiting: .never
            )
            let provers = proof.prove([list], by: signers, OneKey(signer: signer.der)).provers
            #expect(list.isProven == isProven && provers.count == (isProven ? 1 : 0))
        }
    }

    /// Finds no signer beside the path.
    struct PathOnly: PathValidator, ListSignatureChecker, ListSignerSource {
        let path: ValidatedPath
        let signers: [LabCertificate]

        func offerPaths(
            of presented: Void, at now: UnixSeconds, to consider: (ValidatedPath) -> PathChoice
        ) -> SearchRecord {
            _ = consider(path)
            return SearchRecord()
        }
        func isSigned(_ signature: ListSignature, by issuer: [UInt8]) -> Bool { signers.contains { $0.der == issuer } }
        func signers(
            named name: DistinguishedName, under anchorEntry: String, beside presented: Void, at now: UnixSeconds,
            _ work: inout ListSignerWork, that haveSigned: (Certificate) -> Bool
        ) -> [ValidatedPath] { [] }
    }

    @Test("an issuer on the path that is revoked proves no list; the list does not outlive it in the next path")
    func revokedOnThePath() throws {
        let path = ValidatedPath.stated(
            fixture.device, below: [fixture.issuing.certificate.der, fixture.root.certificate.der]
        )
        for isProven in [true, false] {
            let revoked = isProven ? [] : [LabRevokedEntry(fixture.issuing.certificate)]
            var fixture = fixture
            let root = try DecisionFixture.indexed(fixture.root.revocationList(revoking: revoked), .parked)
            let list = try parked()
            fixture.lists = [root, list]
            let engine = PathOnly(path: path, signers: [fixture.issuing.certificate, fixture.root.certificate])
            let judgement = VerificationCore.judge((), engine, fixture.facts, fixture.snapshot(), now: fixture.now)
            guard case .decided(_, let verdict, let provers) = judgement else {
                Issue.record("expected a decision")
                return
            }
            #expect(verdict.reason == (isProven ? "permit" : "revoked"))
            #expect(root.isProven && list.isProven == isProven && provers.count == (isProven ? 2 : 1))
        }
    }
}

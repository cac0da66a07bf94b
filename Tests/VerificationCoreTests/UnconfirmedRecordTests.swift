import LabPKI
import PKITypes
import PathValidation
import RandomTesting
import RevocationLists
import Testing
import VerificationCore
import X509

@Suite("A decision that needs a record from the disk")
struct UnconfirmedRecordTests {
    private static let hash = SipHash(keyLow: 3, keyHigh: 4)
    private let now = LabTime.now()
    private let file = MemoryFile()

    /// The list with its records in the file, and entries enough that they are there.
    private func stored(_ list: LabRevocationList, _ proof: DecisionFixture.Proof = .proven) throws -> IndexedList {
        let parsed = try CertificateRevocationList(der: list.der)
        var builder = RevokedTableBuilder(hash: Self.hash) { file.store }
        var random = SplitMix64(seed: 9)
        let filler = try (0..<5000).map { _ in
            let octets = (0..<12).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return ListedEntry(
                serial: try #require(SerialNumber(octets: octets)), reason: .unspecified, revokedAt: UnixSeconds(1))
        }
        // At once, so that the first ones say how wide a record has to be.
        builder.append(
            filler + parsed.entries.map { ListedEntry(serial: $0.serial, reason: $0.reason, revokedAt: $0.revokedAt) })
        let table = try builder.finish()
        let indexed = IndexedList(
            source: "test", anchorEntry: DecisionFixture.anchorName, facts: parsed.facts,
            nextUpdate: try #require(parsed.nextUpdate),
            signature: ListSignature(covered: .digest([]), algorithm: [], value: []), table: table
        )
        if proof == .proven { indexed.markProven(by: .only) }
        return indexed
    }

    private func forget() { file.state.withLock { $0.atHand = [] } }

    private func text(_ index: RevocationIndex, _ certificate: PathCertificate) -> String {
        let status = index.status(of: certificate, under: DecisionFixture.anchorName, now: now, clockSkewSeconds: 0)
        if case .unknown(let cause, _) = status { return cause.code }
        return RevocationOracleTests.text(status)
    }

    @Test("is pending, at the handshake and for a live session, and then what the record makes it")
    func decision() throws {
        var fixture = try DecisionFixture()
        try fixture.addGoodLists()
        fixture.lists[1] = try stored(fixture.issuing.revocationList(revoking: [LabRevokedEntry(fixture.device)]))
        for moment in [DecisionMoment.admission, .liveSession] {
            forget()
            var fetches = 0
            // One, unless another record looks like the device's.
            while case .pending(.record(let record)) = try fixture.decide(nil, at: now, moment), fetches < 4 {
                record.fetch()
                fetches += 1
            }
            #expect(fetches > 0)
            #expect(try fixture.reason(at: now, moment) == "revoked")
        }
        file.state.withLock { $0.isBroken = true }
        #expect(try fixture.reason(at: now) == "revocation-unknown")
        #expect(try fixture.decide(nil, at: now).refusal?.unknown == .recordDamaged)
        // Read anew.
        #expect(fixture.lists[1].table.isDamaged)
    }

    @Test("a certificate that another entry resembles is good in the end, and revoked elsewhere is revoked at once")
    func resemblance() throws {
        let authority = try LabCertificateAuthority()
        let list = try stored(authority.revocationList())
        forget()
        var random = SplitMix64(seed: 1)
        var resembling: PathCertificate?
        // One in 4,096 resembles an entry.
        for _ in 0..<200_000 where resembling == nil {
            let octets = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let serial = try #require(SerialNumber(octets: octets))
            guard case .unconfirmed = list.table.answer(serial, issuer: 0) else { continue }
            resembling = PathCertificate(
                issuer: list.issuer, serial: serial, namesRevocationSource: true, isAuthority: false, distributionPoints: [])
        }
        let certificate = try #require(resembling)
        #expect(text(RevocationIndex(lists: [list]), certificate) == "unconfirmed")

        let naming = try DecisionFixture.indexed(
            authority.revocationList(revoking: [LabRevokedEntry(serial: certificate.serial.octets)]) { profile in
                profile.authorityKeyIdentifier = .octets([7])
            })
        #expect(text(RevocationIndex(lists: [list, naming]), certificate) == "revoked")
        let delta = try DecisionFixture.indexed(
            authority.revocationList(revoking: [LabRevokedEntry(serial: certificate.serial.octets)], number: 2) { profile in
                profile.deltaBase = 1
            })
        // The base's record could only add to what the delta says, but a newer delta's could lift it: both are waited for.
        #expect(text(RevocationIndex(lists: [list, delta]), certificate) == "unconfirmed")

        guard case .unconfirmed(let record) = list.table.answer(certificate.serial, issuer: 0) else { return }
        record.fetch()
        #expect(text(RevocationIndex(lists: [list]), certificate) == "good")
        #expect(text(RevocationIndex(lists: [list, delta]), certificate) == "revoked")
        file.state.withLock { $0.isBroken = true }
        let clearing = try DecisionFixture.indexed(
            authority.revocationList { profile in profile.authorityKeyIdentifier = .octets([7]) })
        #expect(text(RevocationIndex(lists: [list, clearing]), certificate) == "record-damaged")
    }

    @Test("a signer of lists is believed when its record is read, at once only by who may wait", arguments: [true, false])
    func proof(mayWait: Bool) throws {
        let fixture = try DecisionFixture()
        let signer = try fixture.root.issueIntermediate("Pulsegate Laboratory Issuing CA").certificate
        let path = ValidatedPath.stated(signer, below: [fixture.root.certificate.der])
        let signers = [ListSigner(path)].compactMap { $0 }
        let base = try DecisionFixture.indexed(fixture.root.revocationList())
        // It was on hold and is not: only the record says so.
        let lifted = LabRevokedEntry(signer, reason: .removeFromCRL)
        let delta = try stored(fixture.root.revocationList(revoking: [lifted], number: 2) { $0.deltaBase = 1 })
        forget()
        let parked = try DecisionFixture.indexed(fixture.issuing.revocationList(), .parked)
        let proof = ListProof(
            index: RevocationIndex(lists: [base, delta, parked]), anchorEntry: DecisionFixture.anchorName,
            policy: RevocationPolicy(), now: now, clockSkewSeconds: 0, waiting: mayWait ? .forTheDisk : .never)
        _ = proof.prove([parked], by: signers, ListProofTests.OneKey(signer: signer.der))
        #expect(parked.isProven == mayWait)
    }
}

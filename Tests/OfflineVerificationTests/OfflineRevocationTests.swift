import LabPKI
import OfflineVerification
import PKITypes
import Testing

@Suite("Offline verdicts on revocation")
struct OfflineRevocationTests {
    let lab: VerificationFixture

    init() throws { lab = try VerificationFixture() }

    private func reason(_ job: VerificationJob) -> String { VerificationFixture.reason(job) }

    @Test("without lists a status is needed only when it is required")
    func required() throws {
        #expect(reason(try lab.job()) == "admitted")
        #expect(reason(try lab.job { $0.revocationCheck = .required }) == "unrevocable")
    }

    @Test("with lists every certificate below the anchor needs a status")
    func everyCertificate() throws {
        let lists = try lab.lists()
        #expect(reason(try lab.job(lists: lists)) == "admitted")
        #expect(reason(try lab.job(lists: lists.reversed())) == "admitted")
        #expect(reason(try lab.job(lists: [lists[0]])) == "unrevocable")
        #expect(reason(try lab.job(lists: [lists[1]])) == "unrevocable")
        #expect(reason(try lab.job { $0.lists = [Array("junk".utf8)] }) == "unrevocable")
        #expect(reason(try lab.job(lists: [lists[1]]) { $0.trustAnchors = [try lab.pem(lab.issuing.certificate)] }) == "admitted")
    }

    @Test("a revoked leaf or intermediate is refused, with its depth and reason")
    func revoked() throws {
        let leaf = try lab.lists(issuingRevokes: [LabRevokedEntry(lab.device, reason: .keyCompromise)])
        let answer = OfflineVerifier.answer(try lab.job(lists: leaf))
        #expect(answer.reason == "revoked" && answer.depth == 0)
        #expect(answer.detail.contains("keyCompromise") && answer.detail.contains(lab.device.serialText))
        let authority = try lab.lists(rootRevokes: [LabRevokedEntry(lab.issuing.certificate)])
        let other = OfflineVerifier.answer(try lab.job(lists: authority))
        #expect(other.reason == "revoked" && other.depth == 1)
    }

    @Test("a revoked certificate elsewhere on the path outranks an unknown one")
    func revokedOutranks() throws {
        let list = try lab.root.revocationList(revoking: [LabRevokedEntry(lab.issuing.certificate)])
        #expect(reason(try lab.job(lists: [list])) == "revoked")
    }

    @Test("the newest list decides, whatever the order")
    func newest() throws {
        let (rootList, old) = (try lab.root.revocationList(), try lab.issuing.revocationList(number: 1))
        let new = try lab.issuing.revocationList(revoking: [LabRevokedEntry(lab.device)], number: 2)
        #expect(reason(try lab.job(lists: [rootList, old, new])) == "revoked")
        #expect(reason(try lab.job(lists: [new, rootList, old])) == "revoked")
    }

    @Test("T20: a list is believed from its issuer under the same trust anchor, with whatever key; not from one elsewhere")
    func issuersUnderTheAnchor() throws {
        let name = "Pulsegate Laboratory Issuing CA"
        let rootList = try lab.root.revocationList()
        func verdict(_ signer: LabCertificateAuthority) throws -> String {
            reason(
                try lab.job(lists: [rootList, try signer.revocationList()]) {
                    $0.intermediates.append(try lab.pem(signer.certificate))
                })
        }
        #expect(try verdict(try lab.root.issueIntermediate(name)) == "admitted")
        #expect(try verdict(try lab.root.issueIntermediate(name) { $0.keyUsage = [.keyCertSign] }) == "revocation-unknown")
        #expect(try verdict(try lab.root.issueIntermediate(name) { $0.validity = .expired }) == "revocation-unknown")
        #expect(try verdict(try LabCertificateAuthority(root: "Elsewhere").issueIntermediate(name)) == "revocation-unknown")
        let otherKey = try LabKey()
        let forged = try lab.issuing.revocationList { $0.signer = otherKey }
        #expect(reason(try lab.job(lists: [rootList, forged])) == "revocation-unknown")
    }

    @Test("a signer of lists that is itself revoked, or of unknown status, proves none")
    func signerStatus() throws {
        let signer = try lab.root.issueIntermediate("Pulsegate Laboratory Issuing CA") { $0.keyUsage = [.cRLSign] }
        let list = try signer.revocationList()
        func verdict(_ rootList: LabRevocationList) throws -> String {
            reason(try lab.job(lists: [rootList, list]) { $0.intermediates.append(try lab.pem(signer.certificate)) })
        }
        #expect(try verdict(try lab.root.revocationList()) == "admitted")
        #expect(try verdict(try lab.root.revocationList(revoking: [LabRevokedEntry(signer.certificate)])) == "revocation-unknown")
        let below = try lab.issuing.issueIntermediate("Lists") { $0.keyUsage = [.cRLSign] }
        let indirect = try LabExtension.issuingDistributionPoint(scopes: [.indirect])
        let points = try LabExtension.crlDistributionPoints([
            LabDistributionPoint(nil, crlIssuers: [.directoryName(below.certificate.subject)])
        ])
        let device = try lab.issuing.issueDevice("urn:a:b") { $0.extraExtensions = [points] }
        let lists = [try lab.root.revocationList(), try below.revocationList { $0.extraExtensions = [indirect] }]
        let job = try lab.job(device, lists: lists) { $0.intermediates.append(try lab.pem(below.certificate)) }
        #expect(reason(job) == "revocation-unknown", "nobody speaks of the signer")
        let spoken = try lab.job(device, lists: lists + [try lab.issuing.revocationList(number: 7)]) {
            $0.intermediates.append(try lab.pem(below.certificate))
        }
        #expect(reason(spoken) == "admitted")
    }

    @Test("what cannot be used of an issuer's lists leaves the status unknown")
    func unusable() throws {
        let rootList = try lab.root.revocationList()
        let authoritiesOnly = try LabExtension.issuingDistributionPoint(scopes: [.authorityCertificates])
        let unusable: [(String, LabRevocationList, String)] = [
            ("delta", try lab.issuing.revocationList { $0.deltaBase = 1 }, "revocation-unknown"),
            ("partitioned", try lab.issuing.revocationList { $0.extraExtensions = [authoritiesOnly] }, "revocation-unknown"),
            (
                "critical",
                try lab.issuing.revocationList { $0.extraExtensions = [LabExtension("1.2.3.4", .critical, value: [5, 0])] },
                "revocation-unknown"
            ),
            ("weak", try lab.issuing.revocationList { $0.signature = .sha1 }, "unrevocable"),
            ("endless", try lab.issuing.revocationList { $0.nextUpdate = nil }, "unrevocable"),
            ("stale", try lab.issuing.revocationList(nextUpdate: LabTime.now() + -1), "revocation-stale"),
            ("early", try lab.issuing.revocationList(thisUpdate: LabTime.now() + 3600), "revocation-unknown"),
        ]
        for (name, list, expected) in unusable { #expect(reason(try lab.job(lists: [rootList, list])) == expected, "\(name)") }
    }

    @Test("a delta revokes and lifts what its base says, in any order")
    func deltaBesideBase() throws {
        let held = [LabRevokedEntry(lab.device, reason: .certificateHold)]
        let base = try lab.issuing.revocationList(number: 1)
        let revoking = try lab.issuing.revocationList(revoking: [LabRevokedEntry(lab.device)], number: 2) { $0.deltaBase = 1 }
        let rootList = try lab.root.revocationList()
        let holding = try lab.issuing.revocationList(revoking: held, number: 1)
        let lifted = [LabRevokedEntry(lab.device, reason: .removeFromCRL)]
        let lifting = try lab.issuing.revocationList(revoking: lifted, number: 2) { $0.deltaBase = 1 }
        for (lists, expected) in [
            ([base, revoking], "revoked"), ([holding], "revoked"),
            ([holding, lifting], "admitted"), ([base, lifting], "admitted"),
        ] {
            #expect(reason(try lab.job(lists: [rootList] + lists)) == expected)
            #expect(reason(try lab.job(lists: lists.reversed() + [rootList])) == expected)
        }
    }

    @Test("a stale list still revokes")
    func staleRevokes() throws {
        let stale = try lab.issuing.revocationList(revoking: [LabRevokedEntry(lab.device)], nextUpdate: LabTime.now() + -1)
        #expect(reason(try lab.job(lists: [try lab.root.revocationList(), stale])) == "revoked")
    }

    @Test("T20: an authority without cRLSign proves no list")
    func cRLSign() throws {
        let mute = try lab.root.issueIntermediate("Mute") { $0.keyUsage = [.keyCertSign] }
        let device = try mute.issueDevice("urn:a:b")
        let job = try lab.job(device, lists: [try lab.root.revocationList(), try mute.revocationList()]) {
            $0.intermediates = [try lab.pem(mute.certificate)]
        }
        #expect(reason(job) == "revocation-unknown")
    }
}

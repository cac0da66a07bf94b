import LabPKI
import PKITypes
import PathValidation
import SignatureChecking
import Testing
import X509

@Suite("Paths by OpenSSL")
struct OpenSSLPathEngineTests {
    let lab: PathEngineFixture

    init() throws { lab = try PathEngineFixture() }

    @Test("a good chain is a path, leaf first, anchor last", arguments: LabKey.Kind.allCases)
    func good(kind: LabKey.Kind) throws {
        let root = try LabCertificateAuthority(key: kind)
        let issuing = try root.issueIntermediate(key: kind)
        let device = try issuing.issueDevice("urn:a:b", key: kind)
        let path = try lab.validate(device, lab.engine(anchors: [root.certificate]))
        #expect(path.certificates.map(\.bytes) == [device.der, issuing.certificate.der, root.certificate.der])
        #expect(path.anchorEntry == "devices" && path.anchorFingerprint == sha256Fingerprint(root.certificate.der))
        #expect(path.leafFingerprint == sha256Fingerprint(device.der))
        #expect(try lab.refusal(device.withBrokenSignature, lab.engine(anchors: [root.certificate])) == .pathInvalid)
    }

    @Test("each fault has its reason")
    func faults() throws {
        let stranger = try LabCertificateAuthority(root: "Stranger")
        let weakIssuing = try lab.root.issueIntermediate("Weak") { $0.signature = .sha1 }
        let constraints = try LabExtension.nameConstraints(permitted: [.dns("hosp.example")])
        let pinned = try lab.root.issueIntermediate("Pinned") { $0.extraExtensions = [constraints] }
        let short = try lab.root.issueIntermediate("Short") { $0.basicConstraints = .authority(pathLength: 0) }
        let unknownExtension = LabExtension("1.2.3.4", .critical, value: [5, 0])
        let cases: [(LabCertificate, RefusalReason)] = [
            (try lab.issuing.issueDevice("urn:a:b") { $0.validity = .expired }, .expired),
            (try lab.issuing.issueDevice("urn:a:b") { $0.validity = .notYetValid }, .notYetValid),
            (try lab.root.issueIntermediate("Old") { $0.validity = .expired }.issueDevice("urn:a:b"), .expired),
            (try stranger.issueDevice("urn:a:b"), .unknownCA),
            (try stranger.issueIntermediate().issueDevice("urn:a:b"), .unknownCA),
            (try LabCertificateAuthority.selfSigned(.device(.commonName("alone"), names: []), key: try LabKey()), .unknownCA),
            (try lab.issuing.issueServer(), .wrongPurpose),
            (try lab.issuing.issueDevice("urn:a:b") { $0.purposes = [.codeSigning] }, .wrongPurpose),
            (try lab.issuing.issueDevice("urn:a:b") { $0.signature = .sha1 }, .weakAlgorithm),
            (try weakIssuing.issueDevice("urn:a:b"), .weakAlgorithm),
            (try pinned.issueDevice(names: [.dns("pump.other.example")]), .constraintViolated),
            (try short.issueIntermediate("Below").issueDevice("urn:a:b"), .constraintViolated),
            (try lab.issuing.issueDevice("urn:a:b") { $0.extraExtensions = [unknownExtension] }, .pathInvalid),
            (
                try lab.issuing.issueDevice("urn:a:b") { $0.rawSubjectAlternativeName = [0x30, 0x02, 0x82, 0x05] },
                .malformedCertificate
            ),
        ]
        for (position, (leaf, expected)) in cases.enumerated() {
            #expect(try lab.refusal(leaf) == expected, "case \(position)")
        }
        #expect(try lab.refusal(pinned.issueDevice(names: [.dns("pump.hosp.example")])) == nil)
        #expect(try lab.refusal(short.issueDevice("urn:a:b")) == nil)
    }

    @Test("an authority that is known from before vouches for no stranger, nor does it hide one")
    func knownAuthority() throws {
        let engine = try lab.engine()
        let stranger = try LabCertificateAuthority(root: "Stranger").issueIntermediate()
        let below = try lab.issuing.issueIntermediate("Below") { $0.basicConstraints = .authority(pathLength: nil) }
        for round in 1...3 {
            let device = try lab.issuing.issueDevice("urn:a:\(round)")
            #expect(try lab.refusal(device, engine) == nil)
            #expect(try lab.refusal(device.withBrokenSignature, engine) == .pathInvalid)
            #expect(try lab.refusal(stranger.issueDevice("urn:a:b"), engine) != nil)
            #expect(try lab.refusal(stranger.issueDevice("urn:a:b"), others: [lab.issuing.certificate.der], engine) != nil)
            let forged = lab.issuing.certificate.withBrokenSignature.der
            #expect(try lab.refusal(device, others: [forged], engine) == .pathInvalid)
            let deeper = try below.issueDevice("urn:b:\(round)")
            #expect(try lab.refusal(deeper, engine) == (try lab.refusal(deeper)))
        }
    }

    @Test("who is no authority issues nothing")
    func notAnAuthority() throws {
        let cases: [LabCertificateAuthority.Adjustment] = [
            { $0.basicConstraints = .endEntity }, { $0.basicConstraints = .absent }, { $0.keyUsage = [.cRLSign] },
        ]
        for adjust in cases {
            let impostor = try lab.root.issueIntermediate("No authority", adjust: adjust)
            #expect(try lab.refusal(impostor.issueDevice("urn:a:b")) != nil)
        }
        #expect(try lab.refusal(lab.root.issueIntermediate("Authority") { $0.keyUsage = nil }.issueDevice("urn:a:b")) == nil)
    }

    @Test("a key of 1024 bits is weak")
    func smallKey() throws {
        func der(_ pem: String) throws -> [UInt8] { try #require(try PEM.objects(.certificates, in: Array(pem.utf8)).first) }
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: [try der(SmallKeyCertificates.root)])
        let engine = try #require(OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 1)))
        let presented = try #require(PresentedCertificates(leaf: try der(SmallKeyCertificates.leaf), others: []))
        let failure = #expect(throws: PathFailure.self) { try engine.validate(presented, at: LabTime.now()) }
        #expect(failure?.reason == .weakAlgorithm)
    }

    @Test("both ends of the validity belong to it, the last second too")
    func validity() throws {
        let now = LabTime.now()
        let device = try lab.issuing.issueDevice("urn:a:b") { $0.validity = Validity(notBefore: now, notAfter: now + 60) }
        let expected: [(Int64, RefusalReason?)] = [(-1, .notYetValid), (0, nil), (60, nil), (61, .expired)]
        for (seconds, refusal) in expected { #expect(try lab.refusal(device, at: now + seconds) == refusal, "\(seconds)") }
    }

    @Test("an anchor need not be self-signed, and one above it changes nothing")
    func partialChain() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let engine = try lab.engine(anchors: [lab.issuing.certificate])
        #expect(try lab.validate(device, engine).certificates.count == 2)
        #expect(
            try lab.validate(device, lab.engine(anchors: [lab.issuing.certificate, lab.root.certificate])).certificates.count == 2
        )
        #expect(try lab.refusal(lab.root.issueDevice("urn:a:b"), engine) == .unknownCA)
    }

    @Test("a leaf that is itself the anchor stands alone, whatever came beside it")
    func leafIsAnchor() throws {
        let device = try lab.issuing.issueDevice("urn:a:b")
        let engine = try lab.engine(anchors: [device])
        for others in [[], [lab.issuing.certificate.der], [lab.issuing.certificate.der, lab.root.certificate.der]] {
            let path = try lab.validate(device, others: others, engine)
            #expect(path.certificates.map(\.bytes) == [device.der])
            #expect(path.anchorFingerprint == path.leafFingerprint)
        }
        #expect(try lab.refusal(lab.issuing.issueDevice("urn:a:b"), engine) == .unknownCA)
        let expired = try lab.issuing.issueDevice("urn:a:b") { $0.validity = .expired }
        #expect(try lab.refusal(expired, lab.engine(anchors: [expired])) == .expired)
    }

    @Test("an intermediate that was not sent is completed from the configuration, in any order and among junk")
    func missingIntermediate() throws {
        let second = try lab.issuing.issueIntermediate("Second")
        let device = try second.issueDevice("urn:a:b")
        let chain = [lab.issuing.certificate.der, second.certificate.der]
        #expect(try lab.refusal(device, others: []) == .unknownCA)
        #expect(try lab.refusal(device, others: [chain[1]]) == .unknownCA)
        #expect(try lab.refusal(device, others: [], lab.engine(intermediates: chain)) == nil)
        #expect(try lab.refusal(device, others: [chain[1]], lab.engine(intermediates: [[0x30, 0x00], chain[0]])) == nil)
        #expect(try lab.refusal(device, others: [[], [1, 2, 3]] + chain + chain) == nil)
    }

    @Test("depth: as many intermediates as allowed and no more")
    func depth() throws {
        var authority = lab.root
        for level in 0...3 {
            let device = try authority.issueDevice("urn:a:b")
            for maximum in 0...3 {
                let expected: RefusalReason? = level <= maximum ? nil : .pathInvalid
                #expect(
                    try lab.refusal(device, lab.engine(PathPolicy(maximumDepth: maximum))) == expected, "\(level) of \(maximum)")
            }
            authority = try authority.issueIntermediate("Level \(level)")
        }
        let endless = PathPolicy(maximumDepth: .max)
        #expect(try lab.refusal(authority.issueDevice("urn:a:b"), lab.engine(endless)) == nil)
    }

    @Test("purposes")
    func purposes() throws {
        let (device, server) = (try lab.issuing.issueDevice("urn:a:b"), try lab.issuing.issueServer())
        for purpose in PathPolicy.Purpose.allCases {
            let engine = try lab.engine(PathPolicy(purpose: purpose, maximumDepth: 5))
            #expect(try lab.refusal(device, engine) == (purpose == .server ? .wrongPurpose : nil))
            #expect(try lab.refusal(server, engine) == (purpose == .client ? .wrongPurpose : nil))
        }
    }

    @Test("what cannot be decoded is no certificate and no anchor")
    func undecodable() throws {
        #expect(PresentedCertificates(leaf: [], others: []) == nil)
        #expect(PresentedCertificates(leaf: [0x30, 0x03, 1, 1, 1], others: []) == nil)
        #expect(PresentedCertificates(leaf: lab.root.certificate.der + [0], others: []) == nil)
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: [[0x30, 0x00]])
        #expect(OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 1)) == nil)
    }

    @Test("the path ends in the entry that holds its anchor")
    func entries() throws {
        let other = try LabCertificateAuthority(root: "Other")
        let trust = [("devices", lab.root), ("vendors", other)].map {
            OpenSSLPathEngine.Anchors(entry: $0.0, certificates: [$0.1.certificate.der])
        }
        let engine = try #require(OpenSSLPathEngine(trust: trust, intermediates: [], policy: PathPolicy(maximumDepth: 5)))
        #expect(try lab.validate(lab.issuing.issueDevice("urn:a:b"), engine).anchorEntry == "devices")
        #expect(try lab.validate(other.issueDevice("urn:a:b"), engine).anchorEntry == "vendors")
        #expect(engine.anchorCertificates.count == 2)
    }
}

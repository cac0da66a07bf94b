import LabPKI
import PKITypes
import PathValidation
import Testing

/// Each rule of RFC 5280 §6.1, bent once at the leaf, once at the intermediate, once at the anchor, and kept.
@Suite("Rules for certificates on a path")
struct CertificateRuleTests {
    enum Place: CaseIterable { case leaf, intermediate, anchor }

    struct Bend: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let place: Place
        let refusal: RefusalReason?
        let adjust: @Sendable (inout LabCertificateProfile) throws(LabPKIFailure) -> Void

        init(
            _ text: String, _ place: Place, _ refusal: RefusalReason?,
            _ adjust: @escaping @Sendable (inout LabCertificateProfile) throws(LabPKIFailure) -> Void
        ) {
            testDescription = "\(place): \(text)"
            self.place = place
            self.refusal = refusal
            self.adjust = adjust
        }
    }

    /// RFC 9608.
    static let noRevocation = LabExtension("2.5.29.56", value: LabDER.null)
    static let unknownExtension = LabExtension("1.2.3.4", .critical, value: LabDER.null)

    static let bends: [Bend] = [
        Bend("kept", .leaf, nil) { _ in }, Bend("kept", .intermediate, nil) { _ in }, Bend("kept", .anchor, nil) { _ in },
        Bend("expired", .leaf, .expired) { $0.validity = .expired },
        Bend("expired", .intermediate, .expired) { $0.validity = .expired },
        Bend("expired", .anchor, .expired) { $0.validity = .expired },
        Bend("not yet valid", .leaf, .notYetValid) { $0.validity = .notYetValid },
        Bend("not yet valid", .intermediate, .notYetValid) { $0.validity = .notYetValid },
        Bend("without end, 99991231235959Z", .leaf, nil) {
            $0.validity = Validity(notBefore: UnixSeconds(0), notAfter: UnixSeconds(253_402_300_799))
        },
        Bend("no basic constraints", .leaf, nil) { $0.basicConstraints = .absent },
        Bend("no basic constraints", .intermediate, .pathInvalid) { $0.basicConstraints = .absent },
        Bend("no basic constraints", .anchor, .pathInvalid) { $0.basicConstraints = .absent },
        Bend("cA false", .intermediate, .pathInvalid) { $0.basicConstraints = .endEntity },
        Bend("cA true", .leaf, .wrongPurpose) { $0.basicConstraints = .authority(pathLength: nil) },
        Bend("may sign lists", .leaf, .wrongPurpose) { $0.keyUsage = [.digitalSignature, .cRLSign] },
        Bend("version 1", .intermediate, .pathInvalid) { $0.version = .v1 },
        Bend("version 1", .anchor, nil) { $0.version = .v1 },
        Bend("no key usage", .leaf, nil) { $0.keyUsage = nil },
        Bend("no key usage", .intermediate, nil) { $0.keyUsage = nil },
        Bend("may not sign certificates", .intermediate, .pathInvalid) { $0.keyUsage = [.cRLSign] },
        Bend("may not sign certificates", .anchor, .pathInvalid) { $0.keyUsage = [.cRLSign] },
        Bend("may not sign", .leaf, .wrongPurpose) { $0.keyUsage = [.keyAgreement] },
        Bend("keyCertSign without cA", .leaf, .pathInvalid) { $0.keyUsage = [.digitalSignature, .keyCertSign] },
        Bend("no purposes", .leaf, nil) { $0.purposes = [] },
        Bend("another purpose", .leaf, .wrongPurpose) { $0.purposes = [.codeSigning] },
        Bend("any purpose", .leaf, .wrongPurpose) { $0.purposes = [LabKeyPurpose.any] },
        Bend("any purpose and the right one", .leaf, nil) { $0.purposes = [LabKeyPurpose.any, .clientAuth] },
        Bend("another purpose", .intermediate, .wrongPurpose) { $0.purposes = [.serverAuth] },
        Bend("any purpose", .intermediate, .wrongPurpose) { $0.purposes = [LabKeyPurpose.any] },
        Bend("the right purpose", .intermediate, nil) { $0.purposes = [.clientAuth] },
        Bend("another purpose", .anchor, .wrongPurpose) { $0.purposes = [.serverAuth] },
        Bend("unknown critical extension", .leaf, .pathInvalid) { $0.extraExtensions = [unknownExtension] },
        Bend("unknown critical extension", .intermediate, .pathInvalid) { $0.extraExtensions = [unknownExtension] },
        Bend("unknown critical extension", .anchor, .pathInvalid) { $0.extraExtensions = [unknownExtension] },
        Bend("unknown extension", .intermediate, nil) {
            $0.extraExtensions = [LabExtension("1.2.3.4", .nonCritical, value: LabDER.null)]
        },
        Bend("critical key identifier", .leaf, .pathInvalid) {
            $0.authorityKeyIdentifier = .absent
            $0.extraExtensions = [LabExtension("2.5.29.35", .critical, value: LabDER.sequence())]
        },
        Bend("critical key identifier", .anchor, .pathInvalid) {
            $0.subjectKeyIdentifier = .absent
            $0.extraExtensions = [LabExtension("2.5.29.14", .critical, value: LabDER.octetString([1]))]
        },
        Bend("SHA-1", .leaf, .weakAlgorithm) { $0.signature = .sha1 },
        Bend("SHA-1", .intermediate, .weakAlgorithm) { $0.signature = .sha1 },
        Bend("SHA-1, which nobody checks", .anchor, nil) { $0.signature = .sha1 },
        Bend("serial number zero", .leaf, .pathInvalid) { $0.serial = [0] },
        Bend("serial number of 20 octets and a sign", .leaf, nil) { $0.serial = [0] + [UInt8](repeating: 0xff, count: 20) },
        Bend("serial number of 21 octets", .leaf, .pathInvalid) { $0.serial = [UInt8](repeating: 0x7f, count: 21) },
        Bend("negative serial number", .leaf, nil) { $0.serial = [0xff] },
        Bend("empty subject, an empty issuer of the leaf", .intermediate, .malformedCertificate) { $0.subject = .empty },
        Bend("empty subject, critical names", .leaf, nil) { $0.subject = .empty },
        Bend("empty subject, no names", .leaf, .pathInvalid) {
            $0.subject = .empty
            $0.subjectAlternativeNames = []
        },
        Bend("name constraints", .leaf, .pathInvalid) { (profile) throws(LabPKIFailure) in
            profile.extraExtensions = [try LabExtension.nameConstraints(permitted: [.dns("a.example")])]
        },
        Bend("name constraints that are not critical", .intermediate, .pathInvalid) { (profile) throws(LabPKIFailure) in
            let critical = try LabExtension.nameConstraints(excluded: [.dns("a.example")])
            profile.extraExtensions = [LabExtension(critical.type, .nonCritical, value: critical.value)]
        },
        Bend("unreadable names", .leaf, .malformedCertificate) { $0.rawSubjectAlternativeName = [0x30, 0x02, 0x82, 0x05] },
        Bend("unreadable names", .intermediate, .malformedCertificate) { $0.rawSubjectAlternativeName = [1] },
        Bend("unreadable name constraints", .intermediate, .malformedCertificate) {
            $0.extraExtensions = [LabExtension("2.5.29.30", .critical, value: LabDER.sequence())]
        },
        Bend("unreadable policies", .leaf, .malformedCertificate) {
            $0.extraExtensions = [LabExtension("2.5.29.32", value: LabDER.null)]
        },
        Bend("no revocation available", .leaf, nil) { $0.extraExtensions = [noRevocation] },
        Bend("no revocation available, and a distribution point", .leaf, .pathInvalid) {
            $0.extraExtensions = [noRevocation]
            $0.crlDistributionPoints = ["http://pki.example/1.crl"]
        },
        Bend("no revocation available, and a responder", .leaf, .pathInvalid) {
            $0.extraExtensions = [noRevocation]
            $0.ocspResponders = ["http://pki.example/"]
        },
        Bend("no revocation available, and a freshest list", .leaf, .pathInvalid) {
            $0.extraExtensions = [noRevocation, LabExtension("2.5.29.46", value: LabDER.sequence(LabDER.sequence()))]
        },
        Bend("no revocation available", .intermediate, .pathInvalid) { $0.extraExtensions = [noRevocation] },
        Bend("no revocation available", .anchor, nil) { $0.extraExtensions = [noRevocation] },
        Bend("path length zero", .intermediate, nil) { $0.basicConstraints = .authority(pathLength: 0) },
        Bend("path length zero", .anchor, .constraintViolated) { $0.basicConstraints = .authority(pathLength: 0) },
        Bend("path length one", .anchor, nil) { $0.basicConstraints = .authority(pathLength: 1) },
    ]

    @Test("bent and kept", arguments: bends)
    func bent(_ bend: Bend) throws {
        let root = try LabCertificateAuthority { (profile) throws(LabPKIFailure) in
            if bend.place == .anchor { try bend.adjust(&profile) }
        }
        let issuing = try root.issueIntermediate { (profile) throws(LabPKIFailure) in
            if bend.place == .intermediate { try bend.adjust(&profile) }
        }
        let leaf = try issuing.issueDevice("urn:a:b") { (profile) throws(LabPKIFailure) in
            if bend.place == .leaf { try bend.adjust(&profile) }
        }
        let failure = try PathLaboratory(root).failure(leaf)
        #expect(failure?.reason == bend.refusal, "\(failure?.diagnosis ?? "a path")")
        #expect(failure?.disagreement == nil)
    }

    @Test("both ends of a validity belong to it")
    func ends() throws {
        let root = try LabCertificateAuthority()
        let leaf = try root.issueDevice("urn:a:b")
        var lab = PathLaboratory(root)
        let moments: [(UnixSeconds, RefusalReason?)] = [
            (leaf.validity.notBefore + -1, .notYetValid), (leaf.validity.notBefore, nil), (leaf.validity.notAfter, nil),
            (leaf.validity.notAfter + 1, .expired),
        ]
        for (moment, expected) in moments {
            lab.now = moment
            #expect(try lab.refusal(leaf) == expected)
        }
    }

    @Test("an authority is no client, unless that is allowed, or it is itself what the configuration trusts")
    func authorityAsClient() throws {
        let root = try LabCertificateAuthority()
        let authority = try root.issueIntermediate("Authority") { $0.keyUsage = [.digitalSignature, .keyCertSign] }
        let listSigner = try root.issueDevice("urn:a:b") { $0.keyUsage = [.digitalSignature, .cRLSign] }
        for leaf in [authority.certificate, listSigner] {
            var lab = PathLaboratory(root)
            #expect(try lab.refusal(leaf) == .wrongPurpose)
            lab.policy.authorityAsClient = .allowed
            #expect(try lab.refusal(leaf) == nil)
            var pinned = PathLaboratory(root)
            pinned.anchors = [leaf]
            #expect(try pinned.refusal(leaf) == nil)
        }
    }

    @Test("a path length and the depth do not count self-issued authorities")
    func selfIssued() throws {
        let root = try LabCertificateAuthority { $0.basicConstraints = .authority(pathLength: 1) }
        let issuing = try root.issueIntermediate { $0.basicConstraints = .authority(pathLength: 0) }
        let renewed = try issuing.newKey()
        let again = try renewed.newKey()
        let leaf = try again.issueDevice("urn:a:b")
        var lab = PathLaboratory(root)
        lab.policy.maximumDepth = 1
        let presented = [issuing.der, renewed.der, again.der]
        #expect(try lab.refusal(leaf, presented) == nil)
        lab.policy.maximumDepth = 0
        #expect(try lab.refusal(leaf, presented) == .pathInvalid)
        let below = try again.issueIntermediate("Below").issueDevice("urn:a:b")
        #expect(try lab.refusal(below, presented + below.intermediates) != nil)
    }

    @Test("purposes", arguments: PathPolicy.Purpose.allCases)
    func purposes(_ purpose: PathPolicy.Purpose) throws {
        let root = try LabCertificateAuthority()
        var lab = PathLaboratory(root)
        lab.policy.purpose = purpose
        #expect(try lab.refusal(root.issueDevice("urn:a:b")) == (purpose == .server ? .wrongPurpose : nil))
        #expect(try lab.refusal(root.issueServer()) == (purpose == .client ? .wrongPurpose : nil))
        let decrypting = try root.issueServer { $0.keyUsage = [.keyEncipherment] }
        #expect(try lab.refusal(decrypting) == (purpose == .client ? .wrongPurpose : nil))
        let sealing = try root.issueServer { $0.keyUsage = [.nonRepudiation] }
        #expect(try lab.refusal(sealing) == (purpose == .any ? nil : .wrongPurpose))
        // An authority in the leaf's place has no key usage of a client's.
        let authority = try root.issueIntermediate("Authority")
        #expect(try lab.refusal(authority.certificate) == (purpose == .client ? .wrongPurpose : nil))
    }
}

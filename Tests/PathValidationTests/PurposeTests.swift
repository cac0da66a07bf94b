import DER
import LabPKI
import PKITypes
import PathValidation
import Testing

/// Extended key usage, where it is present, holds for everybody below, and none but the purpose itself is enough (RFC 5280
/// §4.2.1.12).
@Suite("Purposes of the certificates on a path")
struct PurposeTests {
    enum Place: CaseIterable { case leaf, intermediate, anchor }

    static let emailProtection = LabKeyPurpose("1.3.6.1.5.5.7.3.4")
    static let sets: [[LabKeyPurpose]] = [
        [], [.clientAuth], [.serverAuth], [.clientAuth, .serverAuth], [.codeSigning], [emailProtection], [.ocspSigning], [.any],
        [.any, .clientAuth], [emailProtection, .serverAuth], [LabKeyPurpose("1.2.840.10004.20701.1.1")],
    ]

    @Test("A purpose that policy names beside: the leaf must name it, an authority that names any must not leave it out")
    func named() throws {
        let special = "1.2.840.10004.20701.1.1"
        let wanted = try #require(ObjectIdentifier(dotted: special))
        let own = LabKeyPurpose(special)
        let cases: [([LabKeyPurpose], [LabKeyPurpose], RefusalReason?)] = [
            ([.clientAuth, own], [], nil), ([.clientAuth, own], [.clientAuth, own], nil),
            ([.clientAuth], [], .wrongPurpose), ([], [], .wrongPurpose), ([own], [], .wrongPurpose),
            ([.clientAuth, own], [.clientAuth], .wrongPurpose), ([.clientAuth, .any], [], .wrongPurpose),
        ]
        for (leafPurposes, issuerPurposes, expected) in cases {
            let root = try LabCertificateAuthority()
            let issuing = try root.issueIntermediate { $0.purposes = issuerPurposes }
            let leaf = try issuing.issueDevice("urn:a:b") { $0.purposes = leafPurposes }
            var lab = PathLaboratory(root)
            lab.policy.keyPurposes = [wanted]
            #expect(try lab.refusal(leaf) == expected, "\(leafPurposes.map(\.type)) below \(issuerPurposes.map(\.type))")
        }
    }

    @Test("T15: a leaf or an authority for another purpose is refused, whatever the others are for", arguments: Place.allCases)
    func everyPlace(_ place: Place) throws {
        for purposes in Self.sets {
            func adjust(_ profile: inout LabCertificateProfile, at here: Place) {
                profile.purposes = here == place ? purposes : [.clientAuth, .serverAuth]
            }
            let root = try LabCertificateAuthority { adjust(&$0, at: .anchor) }
            let issuing = try root.issueIntermediate { adjust(&$0, at: .intermediate) }
            let leaf = try issuing.issueDevice("urn:a:b") { adjust(&$0, at: .leaf) }
            var lab = PathLaboratory(root)
            for (purpose, wanted) in [(PathPolicy.Purpose.client, LabKeyPurpose.clientAuth), (.server, .serverAuth)] {
                lab.policy.purpose = purpose
                let isRight = purposes.isEmpty || purposes.contains(wanted)
                let refusal = try lab.refusal(leaf)
                #expect(refusal == (isRight ? nil : .wrongPurpose), "\(purpose), \(purposes.map(\.type))")
            }
            lab.policy.purpose = .any
            #expect(try lab.refusal(leaf) == nil)
        }
    }
}

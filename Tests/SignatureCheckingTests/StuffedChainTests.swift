import LabPKI
import PKITypes
import SignatureChecking
import Testing
import X509

@Suite("Certificates stuffed beside a leaf")
struct StuffedChainTests {
    let lab: PathEngineFixture

    init() throws { lab = try PathEngineFixture() }

    private static func orders(of items: [[UInt8]]) -> [[[UInt8]]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { position in
            var rest = items
            let first = rest.remove(at: position)
            return orders(of: rest).map { [first] + $0 }
        }
    }

    @Test("T19: who the peer is, the verified leaf alone says, whatever came beside it in whatever order")
    func identityOfTheLeaf() throws {
        let device = try lab.issuing.issueDevice("urn:hospital:device:pump:7")
        let admin = LabCertificateProfile.device(device.subject, names: [.uri("urn:hospital:admin")])
        let stuffing = [
            try LabCertificateAuthority.selfSigned(admin, key: try LabKey()).der,
            try LabCertificateAuthority.selfSigned(admin, key: device.key).der,
            // Sound, and somebody else's.
            try lab.issuing.issue(admin, key: try LabKey()).der,
        ]
        for others in Self.orders(of: stuffing + [lab.issuing.certificate.der]) {
            let path = try lab.validate(device, others: others)
            #expect(path.certificates.map(\.bytes) == [device.der, lab.issuing.certificate.der, lab.root.certificate.der])
            let leaf = path.certificates[0]
            let identity = try identity(of: leaf, from: .sanURI, fingerprint: path.leafFingerprint)
            #expect(identity.text == "urn:hospital:device:pump:7")
        }
    }

    @Test("T19: a self-signed leaf is not believed for the sake of a sound certificate beside it")
    func selfSignedLeaf() throws {
        let device = try lab.issuing.issueDevice("urn:hospital:device:pump:7")
        for key in [device.key, try LabKey()] {
            let profile = LabCertificateProfile.device(device.subject, names: [.uri("urn:hospital:device:pump:7")])
            let forged = try LabCertificateAuthority.selfSigned(profile, key: key)
            for others in Self.orders(of: [device.der, lab.issuing.certificate.der, lab.root.certificate.der]) {
                #expect(try lab.refusal(forged, others: others) != nil)
            }
        }
    }
}

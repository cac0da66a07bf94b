import LabPKI
import OfflineVerification
import PKITypes
import PathValidation
import RevocationLists
import SignatureChecking
import VerificationCore
import X509

@testable import Explanation

/// A device below an issuing authority below a root, and a listener that is asked about it; each test bends one thing.
struct ExplanationFixture {
    static let listener = "pumps"
    static let anchorName = "device-ca"
    static let identity = "urn:hospital:device:pump:0042"

    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let device: LabCertificate

    var now = LabTime.now()
    var source = IPAddress(octets: [10, 20, 1, 7])
    var tlsVersion = TLSVersion.tls13
    var identitySource = IdentitySource.sanURI
    var vouchesFor = ["urn:hospital:device:**"]
    var warnedLifetime: Int64?
    var maximumLifetime: Int64 = .max
    var revocation = RevocationPolicy()
    var policies = [AccessPolicy(name: "all", devices: .any)]
    var observation: Observation?
    var lists: [IndexedList] = []
    var intermediates: [LabCertificate]
    var tlsVersions = TLSVersion.allCases
    var maximumChainOctets = 32 << 10

    init(adjust: LabCertificateAuthority.Adjustment = { _ in }) throws {
        root = try LabCertificateAuthority(root: "Root")
        issuing = try root.issueIntermediate("Issuing")
        device = try issuing.issueDevice(Self.identity, adjust: adjust)
        intermediates = [issuing.certificate]
        lists = [try Self.indexed(root.revocationList(), "root.crl"), try Self.indexed(issuing.revocationList(), "issuing.crl")]
    }

    static func indexed(_ list: LabRevocationList, _ source: String) throws -> IndexedList {
        let parsed = try CertificateRevocationList(der: list.der)
        let indexed = IndexedList(
            source: source, anchorEntry: anchorName, list: parsed, nextUpdate: parsed.nextUpdate ?? parsed.thisUpdate,
            signature: ListSignature(covered: .digest([]), algorithm: [], value: []), hash: SipHash(keyLow: 1, keyHigh: 2)
        )
        indexed.markProven(by: .only)
        return indexed
    }

    func snapshot() throws -> VerificationSnapshot {
        let entry = TrustAnchorEntry(
            name: Self.anchorName, fingerprints: [sha256Fingerprint(root.certificate.der)], identitySource: identitySource,
            vouchesFor: try vouchesFor.map { try IdentityPattern($0) }, warnCertificateLifetimeSeconds: warnedLifetime,
            maximumCertificateLifetimeSeconds: maximumLifetime, revocation: revocation
        )
        return VerificationSnapshot(
            generation: 1, anchors: [entry], trustByListener: [Self.listener: [Self.anchorName]], policies: policies,
            observations: observation.map { [Self.listener: $0] } ?? [:], revocation: RevocationIndex(lists: lists),
            devices: DeviceIndex(), clockSkewSeconds: 0
        )
    }

    func request(_ chain: [[UInt8]]) throws -> ExplanationRequest {
        let configured =
            [root.certificate].map { ("root.pem", ConfiguredCertificate.Role.anchor, $0) }
            + intermediates.map { ("issuing.pem", .intermediate, $0) }
        return ExplanationRequest(
            configurationFile: "gateway.yaml",
            listener: ListenerUnderQuestion(
                name: Self.listener, trust: [Self.anchorName], snapshot: try snapshot(),
                certificates: configured.map { file, role, certificate in
                    ConfiguredCertificate(anchorEntry: Self.anchorName, role: role, der: certificate.der, file: file)
                },
                tlsVersions: tlsVersions, maximumChainOctets: maximumChainOctets
            ),
            chain: chain, source: source, tlsVersion: tlsVersion, moment: now
        )
    }

    /// What is said of a certificate that is shown with its chain, or with these.
    func explanation(of leaf: LabCertificate? = nil, beside others: [[UInt8]]? = nil) throws -> Explanation {
        let leaf = leaf ?? device
        let others = others ?? leaf.intermediates
        let trust = OpenSSLPathEngine.Anchors(entry: Self.anchorName, certificates: [root.certificate.der])
        let engine = OpenSSLPathEngine(
            trust: [trust], intermediates: intermediates.map(\.der), policy: PathPolicy(maximumDepth: 5))
        guard let engine, let presented = PresentedCertificates(leaf: leaf.der, others: others) else { throw Unreadable() }
        return Explanation(try request([leaf.der] + others), presented, engine)
    }

    struct Unreadable: Error {}
}

extension JSONValue {
    /// A member of an object, or an element of an array.
    subscript(_ path: String...) -> JSONValue? {
        path.reduce(Optional(self)) { value, key in
            switch value {
            case .object(let members)?: members[key]
            case .array(let elements)?: Int(key).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
            default: nil
            }
        }
    }

    var count: Int? {
        switch self {
        case .object(let members): members.count
        case .array(let elements): elements.count
        default: nil
        }
    }
}

import LabPKI
import PKITypes
import PathValidation
import RevocationLists
import SignatureChecking
import VerificationCore

/// A device below an issuing authority below a root, with what a decision about it needs; each test bends one thing.
struct DecisionFixture {
    static let listener = "pumps"
    static let anchorName = "device-ca"
    static let identity = "urn:hospital:device:pump:0001"

    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let device: LabCertificate
    let now = LabTime.now()

    var identitySource = IdentitySource.sanURI
    var vouchesFor: [IdentityPattern] = []
    var warnedLifetime: Int64?
    var maximumLifetime: Int64 = .max
    var revocation = RevocationPolicy()
    var policies = [AccessPolicy(name: "all", devices: .any)]
    var lists: [IndexedList] = []
    var devices = DeviceIndex()
    var trustByListener: [String: Set<String>] = [Self.listener: [Self.anchorName]]
    var observation: Observation?
    var clockSkewSeconds: Int64 = 0
    var facts = ConnectionFacts(listener: Self.listener, source: IPAddress(octets: [10, 20, 0, 1]), tlsVersion: .tls13)

    init(adjust: LabCertificateAuthority.Adjustment = { _ in }) throws {
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate()
        device = try issuing.issueDevice(Self.identity, adjust: adjust)
    }

    var entry: TrustAnchorEntry {
        TrustAnchorEntry(
            name: Self.anchorName, fingerprints: [sha256Fingerprint(root.certificate.der)], identitySource: identitySource,
            vouchesFor: vouchesFor, warnCertificateLifetimeSeconds: warnedLifetime,
            maximumCertificateLifetimeSeconds: maximumLifetime, revocation: revocation
        )
    }

    func snapshot(anchors: [TrustAnchorEntry]? = nil) -> VerificationSnapshot {
        VerificationSnapshot(
            generation: 7, anchors: anchors ?? [entry], trustByListener: trustByListener, policies: policies,
            observations: observation.map { [Self.listener: $0] } ?? [:],
            revocation: RevocationIndex(lists: lists), devices: devices, clockSkewSeconds: clockSkewSeconds
        )
    }

    var engine: OpenSSLPathEngine {
        get throws {
            let trust = OpenSSLPathEngine.Anchors(entry: Self.anchorName, certificates: [root.certificate.der])
            guard let engine = OpenSSLPathEngine(trust: [trust], intermediates: [], policy: PathPolicy(maximumDepth: 5)) else {
                throw LabPKIFailure.openSSL(operation: "read the root", reasons: [])
            }
            return engine
        }
    }

    /// The path that OpenSSL finds.
    func path(of leaf: LabCertificate? = nil, entry: TrustAnchorEntry? = nil) throws -> VerifiedPath {
        let leaf = leaf ?? device
        guard let presented = PresentedCertificates(leaf: leaf.der, others: leaf.intermediates) else {
            throw LabPKIFailure.openSSL(operation: "read the leaf", reasons: [])
        }
        return try VerifiedPath(engine.validate(presented, at: now), entry: entry ?? self.entry)
    }

    func decide(_ path: VerifiedPath? = nil, at moment: UnixSeconds? = nil, _ when: DecisionMoment = .admission) throws -> Verdict
    {
        VerificationCore.decide(try path ?? self.path(), facts, snapshot(), now: moment ?? now, moment: when)
    }

    func reason(at moment: UnixSeconds? = nil, _ when: DecisionMoment = .admission) throws -> String {
        try decide(at: moment, when).reason
    }

    /// A list as the index holds it; unproven unless told otherwise.
    static func indexed(
        _ list: LabRevocationList, under anchorEntry: String = anchorName, _ proof: Proof = .proven
    ) throws -> IndexedList {
        let parsed = try CertificateRevocationList(der: list.der)
        let signature = ListSignature(covered: .digest([]), algorithm: [], value: list.der)
        let indexed = IndexedList(
            source: "test", anchorEntry: anchorEntry, list: parsed, nextUpdate: parsed.nextUpdate ?? parsed.thisUpdate,
            signature: signature, hash: SipHash(keyLow: 1, keyHigh: 2)
        )
        if proof == .proven { indexed.markProven(by: .only) }
        return indexed
    }

    enum Proof { case proven, parked }

    /// Fresh lists of both authorities.
    mutating func addGoodLists() throws {
        lists = [try Self.indexed(root.revocationList()), try Self.indexed(issuing.revocationList())]
    }
}

extension Verdict {
    var reason: String {
        switch self {
        case .permit: "permit"
        case .refuse(let refusal): refusal.reason.rawValue
        case .pending: "pending"
        }
    }

    var permit: Permit? { if case .permit(let permit) = self { permit } else { nil } }
    var refusal: Refusal? { if case .refuse(let refusal) = self { refusal } else { nil } }
}

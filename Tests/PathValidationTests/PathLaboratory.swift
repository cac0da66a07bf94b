import LabPKI
import PKITypes
import PathValidation
import SignatureChecking

/// What the gateway's engine says of a leaf, with anchors and intermediates of the test's making.
struct PathLaboratory {
    struct Unreadable: Error {}

    var anchors: [LabCertificate]
    var intermediates: [[UInt8]] = []
    var policy = PathPolicy(maximumDepth: 10)
    var now = LabTime.now()

    init(_ anchors: LabCertificateAuthority...) { self.anchors = anchors.map(\.certificate) }

    /// Names from the leaf's issuer up would be too much to read: the DER of every path, the best first.
    func paths(_ leaf: LabCertificate, _ presented: [[UInt8]]) throws -> [[[UInt8]]] {
        var found: [[[UInt8]]] = []
        try offer(leaf, presented) { path in
            found.append(path.certificates.map(\.bytes))
            return .seekAnother
        }
        return found
    }

    /// What was run into before the first path.
    func deadEnds(_ leaf: LabCertificate, _ presented: [[UInt8]]) throws -> [PathFault] {
        var found: [PathFault] = []
        try offer(leaf, presented) { path in
            found = path.deadEnds.map(\.fault)
            return .take
        }
        return found
    }

    /// The reason of a refusal, nil for a path.
    func refusal(_ leaf: LabCertificate, _ presented: [[UInt8]]? = nil) throws -> RefusalReason? {
        try failure(leaf, presented)?.reason
    }

    func failure(_ leaf: LabCertificate, _ presented: [[UInt8]]? = nil) throws -> PathFailure? {
        do {
            try offer(leaf, presented ?? leaf.intermediates) { _ in .take }
            return nil
        } catch let failure as PathFailure {
            return failure
        }
    }

    /// What the search ran into when every path was answered so.
    func endOfSearch(_ leaf: LabCertificate, _ presented: [[UInt8]], _ choice: PathChoice) throws -> [DeadEnd] {
        try offer(leaf, presented) { _ in choice }.deadEnds
    }

    @discardableResult
    private func offer(
        _ leaf: LabCertificate, _ presented: [[UInt8]], to consider: (ValidatedPath) -> PathChoice
    ) throws -> SearchRecord {
        let trust = OpenSSLPathEngine.Anchors(entry: "devices", certificates: anchors.map(\.der))
        guard let presented = PresentedCertificates(leaf: leaf.der, others: presented),
            let engine = OpenSSLPathEngine(trust: [trust], intermediates: intermediates, policy: policy)
        else { throw Unreadable() }
        return try engine.offerPaths(of: presented, at: now, to: consider)
    }
}

extension LabCertificateAuthority {
    /// Another certificate for this authority's name, with a new key, signed with the old one.
    func newKey(adjust: Adjustment = { _ in }) throws -> Self {
        var profile = LabCertificateProfile.authority(certificate.subject)
        try adjust(&profile)
        return Self(certificate: try issue(profile, key: try LabKey()), role: .intermediate)
    }

    var der: [UInt8] { certificate.der }
}

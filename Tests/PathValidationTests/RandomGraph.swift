import LabPKI
import RandomTesting

/// A random graph of authorities that certify each other, some certificates of it faulty, and the naive answer to whether a
/// valid path leads from the leaf to a root: every simple path is enumerated and judged by what the certificates were meant
/// to be. It shares nothing with the engine, which sees only DER.
struct RandomGraph {
    enum Fault: CaseIterable {
        case none, expired, notYetValid, notAnAuthority, wrongPurpose, pathLengthZero, excludesDevice, weak
    }

    /// A certificate for one entity by another. Entity 0 is the trusted root.
    struct Edge {
        let issuer: Int
        let subject: Int
        let fault: Fault
        let der: [UInt8]
    }

    /// Entities with the same name and different keys come in pairs.
    let entities: Int
    private(set) var edges: [Edge] = []
    let leaf: LabCertificate
    let leafIssuer: Int
    let root: LabCertificateAuthority
    private let subjects: [LabName]

    init(seed: UInt64, keys: [LabKey]) throws {
        var random = SplitMix64(seed: seed)
        let count = 3 + Int(random.next() % 4)
        let root = try LabCertificateAuthority()
        let names = (0..<count).map { $0 == 0 ? root.certificate.subject : LabName.commonName("Authority \($0 / 2)") }
        let authorities = try (0..<count).map { entity in
            guard entity > 0 else { return root }
            let certificate = try LabCertificateAuthority.selfSigned(.authority(names[entity]), key: keys[entity])
            return LabCertificateAuthority(certificate: certificate, role: .root)
        }
        (entities, self.root, subjects) = (count, root, names)
        for _ in 0..<(entities * 2) {
            let issuer = random.below(entities)
            let subject = 1 + random.below(entities - 1)
            let fault: Fault = random.next() % 2 == 0 ? .none : Fault.allCases[random.below(Fault.allCases.count)]
            guard issuer != subject else { continue }
            var profile = LabCertificateProfile.authority(names[subject])
            if random.next() % 3 == 0 { profile.authorityKeyIdentifier = .octets([UInt8(random.next() % 4)]) }
            try Self.apply(fault, to: &profile)
            let der = try authorities[issuer].issue(profile, key: keys[subject]).der
            edges.append(Edge(issuer: issuer, subject: subject, fault: fault, der: der))
        }
        leafIssuer = 1 + random.below(entities - 1)
        leaf = try authorities[leafIssuer].issueDevice(names: [.dns("pump.example")])
        edges.shuffle(using: &random)
    }

    private static func apply(_ fault: Fault, to profile: inout LabCertificateProfile) throws {
        switch fault {
        case .none: break
        case .expired: profile.validity = .expired
        case .notYetValid: profile.validity = .notYetValid
        case .notAnAuthority: profile.basicConstraints = .absent
        case .wrongPurpose: profile.purposes = [.codeSigning]
        case .pathLengthZero: profile.basicConstraints = .authority(pathLength: 0)
        case .excludesDevice: profile.extraExtensions = [try LabExtension.nameConstraints(excluded: [.dns("example")])]
        case .weak: profile.signature = .sha1
        }
    }

    var hasValidPath: Bool { leads(from: leafIssuer, below: [], seen: []) }

    /// - Parameter below: the certificates so far, the leaf's issuer's first.
    private func leads(from entity: Int, below: [Edge], seen: Set<Int>) -> Bool {
        if entity == 0 { return true }
        return edges.contains { edge in
            guard edge.subject == entity, !seen.contains(edge.issuer) || edge.issuer == 0, isSound(edge, above: below) else {
                return false
            }
            return leads(from: edge.issuer, below: below + [edge], seen: seen.union([entity]))
        }
    }

    private func isSound(_ edge: Edge, above below: [Edge]) -> Bool {
        switch edge.fault {
        case .none: true
        case .pathLengthZero: below.allSatisfy { subjects[$0.subject] == subjects[$0.issuer] }
        case .expired, .notYetValid, .notAnAuthority, .wrongPurpose, .excludesDevice, .weak: false
        }
    }
}

import LabPKI
import PKITypes

/// A graph of authorities in which exactly one path is valid: every certificate off that path is a dead end of one kind, or
/// leads only to such.
struct DeadEndGraph {
    /// Why a certificate leads nowhere.
    enum DeadEnd: CaseIterable {
        case expired, notYetValid
        case noBasicConstraints, endEntity, version1, mayNotSign
        case otherPurpose, otherPurposes
        case namesExcluded, namesNotPermitted, addressesNotPermitted
        case sha1, brokenSignature, foreignSignature
        case unknownCritical, unreadable
        /// Only where an authority stands below.
        case pathLengthZero
    }

    /// Who certifies whom, the trusted root being authority 0, and the leaf's issuer the last. The certificates of `valid`
    /// lead from the root to that issuer.
    enum Shape: CaseIterable {
        case sibling, siblings, ladder, crossSigned, bridge, mesh, loop, lateDeadEnd, namesakes
    }

    static let keys: [LabKey] = (0..<9).compactMap { _ in try? LabKey() }

    let root: LabCertificateAuthority
    let leaf: LabCertificate
    /// The authorities of the only valid path, the leaf's issuer first.
    private(set) var valid: [[UInt8]] = []
    /// Certificates that lead nowhere.
    private(set) var dead: [[UInt8]] = []

    /// - Returns: nil when the shape has no place for such a dead end.
    init?(_ shape: Shape, _ deadEnd: DeadEnd) throws {
        let edges = Self.edges(of: shape)
        let count = 1 + (edges.valid + edges.dead).reduce(0) { max($0, $1.issuer, $1.subject) }
        guard let last = edges.valid.last?.subject else { return nil }
        if deadEnd == .pathLengthZero, edges.dead.contains(where: { !$0.isSound && $0.subject == last }) { return nil }
        // Namesakes differ by their keys alone.
        let names = (0..<count).map { LabName.commonName(shape == .namesakes && $0 > 0 ? "Namesake" : "Authority \($0)") }
        let signers = try zip(names, Self.keys).map { name, key in
            LabCertificateAuthority(certificate: try LabCertificateAuthority.selfSigned(.authority(name), key: key), role: .root)
        }
        root = signers[0]
        for edge in edges.valid { valid.insert(try Self.certify(edge, nil, signers), at: 0) }
        for edge in edges.dead { dead.append(try Self.certify(edge, edge.isSound ? nil : deadEnd, signers)) }
        let profile = LabCertificateProfile.device(.commonName("pump"), names: [.dns("pump.ward.example"), .ip("10.1.2.3")])
        leaf = try signers[last].issue(profile, key: Self.keys[8])
    }

    private struct Edge {
        let issuer: Int
        let subject: Int
        /// Nothing is wrong with it but where it leads.
        var isSound = false
    }

    private static func edges(of shape: Shape) -> (valid: [Edge], dead: [Edge]) {
        func line(_ stations: Int...) -> [Edge] {
            zip(stations, stations.dropFirst()).map { Edge(issuer: $0, subject: $1) }
        }
        func sound(_ issuer: Int, _ subject: Int) -> Edge { Edge(issuer: issuer, subject: subject, isSound: true) }
        switch shape {
        case .sibling: return (line(0, 1), line(0, 1))
        case .siblings: return (line(0, 1, 2), line(0, 1) + line(0, 1) + line(1, 2) + line(1, 2))
        case .ladder: return (line(0, 1, 2, 3, 4), line(0, 1, 2, 3, 4))
        // 2 and 3 are roots that nobody trusts here, and which the root has certified in vain.
        case .crossSigned: return (line(0, 1), [sound(2, 1), sound(3, 1), sound(2, 2), sound(3, 3)] + line(0, 2) + line(0, 3))
        // 1 is the bridge; 3 and 4 are the hubs of others.
        case .bridge: return (line(0, 1, 2), [sound(3, 1), sound(4, 1), sound(3, 2), sound(4, 2)] + line(1, 3) + line(0, 4))
        case .mesh:
            let all = (1...4).flatMap { issuer in (1...4).map { Edge(issuer: issuer, subject: $0) } }
            let valid = line(0, 1, 2, 3, 4)
            let others = all.filter { edge in
                edge.issuer != edge.subject && !valid.contains { $0.issuer == edge.issuer && $0.subject == edge.subject }
            }
            return (valid, others + line(0, 2) + line(0, 3) + line(0, 4))
        case .loop: return (line(0, 1, 2), [sound(2, 1), sound(3, 2), sound(2, 3), sound(1, 1), sound(2, 2)] + line(0, 3))
        // The fault is three steps above where the ways part.
        case .lateDeadEnd: return (line(0, 1, 2, 6), line(0, 3) + [sound(3, 4), sound(4, 5), sound(5, 6)])
        case .namesakes: return (line(0, 1, 2, 3), line(0, 2) + line(0, 3) + line(1, 3))
        }
    }

    private static func certify(_ edge: Edge, _ deadEnd: DeadEnd?, _ signers: [LabCertificateAuthority]) throws -> [UInt8] {
        var profile = LabCertificateProfile.authority(signers[edge.subject].certificate.subject)
        var issuer = signers[edge.issuer]
        if let deadEnd { try spoil(&profile, deadEnd) }
        if deadEnd == .foreignSignature {
            let stranger = try LabCertificateAuthority.selfSigned(.authority(issuer.certificate.subject), key: keys[7])
            issuer = LabCertificateAuthority(certificate: stranger, role: .root)
        }
        let certificate = try issuer.issue(profile, key: keys[edge.subject])
        return deadEnd == .brokenSignature ? certificate.withBrokenSignature.der : certificate.der
    }

    private static func spoil(_ profile: inout LabCertificateProfile, _ deadEnd: DeadEnd) throws {
        switch deadEnd {
        case .expired: profile.validity = .expired
        case .notYetValid: profile.validity = .notYetValid
        case .noBasicConstraints: profile.basicConstraints = .absent
        case .endEntity: profile.basicConstraints = .endEntity
        case .version1: profile.version = .v1
        case .mayNotSign: profile.keyUsage = [.digitalSignature, .cRLSign]
        case .otherPurpose: profile.purposes = [.serverAuth]
        case .otherPurposes: profile.purposes = [.codeSigning, .any]
        case .namesExcluded: profile.extraExtensions = [try .nameConstraints(excluded: [.dns("ward.example")])]
        case .namesNotPermitted: profile.extraExtensions = [try .nameConstraints(permitted: [.dns("other.example")])]
        case .addressesNotPermitted:
            profile.extraExtensions = [try .nameConstraints(permitted: [.ipOctets([192, 0, 2, 0, 255, 255, 255, 0])])]
        case .sha1: profile.signature = .sha1
        case .brokenSignature, .foreignSignature: break
        case .unknownCritical: profile.extraExtensions = [LabExtension("1.2.3.4", .critical, value: LabDER.null)]
        case .unreadable: profile.extraExtensions = [LabExtension("2.5.29.32", value: LabDER.null)]
        case .pathLengthZero: profile.basicConstraints = .authority(pathLength: 0)
        }
    }
}

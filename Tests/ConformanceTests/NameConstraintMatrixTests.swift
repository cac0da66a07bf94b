import LabPKI
import OfflineVerification
import RandomTesting
import Testing

/// Name constraints through `verify`, both judges included, against a plain reading of the standard.
@Suite("Name constraints against an oracle")
struct NameConstraintMatrixTests {
    private let root: LabCertificateAuthority
    private let keys: [LabKey]

    init() throws {
        keys = try (0..<4).map { _ in try LabKey() }
        root = try LabCertificateAuthority()
    }

    @Test("every name under every permitted and excluded subtree of its form", arguments: NameConstraintMatrix.allCases)
    func matrix(_ form: NameConstraintMatrix) throws {
        let plain = LabCertificateAuthority(certificate: try root.issue(authority(1), key: keys[1]), role: .root)
        let leaves = try form.names.map { ($0, try leaf([$0], below: plain)) }
        let bases = [nil] + form.bases.map { Optional($0) }
        var verdicts: [Bool: Int] = [:]
        for permitted in bases {
            for excluded in bases {
                let constraints = NameConstraintOracle(
                    permitted: [permitted].compactMap(\.self), excluded: [excluded].compactMap(\.self))
                let issuing = try root.issue(authority(1, constraints), key: keys[1])
                for (name, leaf) in leaves {
                    let expected = constraints.allows([name])
                    verdicts[expected, default: 0] += 1
                    judge(leaf, [issuing.der], expected, "\(name) under \(constraints)")
                }
            }
        }
        #expect(verdicts.count == 2, "\(verdicts)")
    }

    @Test("several names of several forms under several authorities", arguments: 0..<4)
    func combinations(shard: UInt64) throws {
        var random = SplitMix64(seed: shard + 1)
        var verdicts: [Bool: Int] = [:]
        for _ in 0..<100 {
            var issuer = root
            var authorities: [[UInt8]] = []
            var all: [NameConstraintOracle] = []
            for level in 1...1 + random.below(3) {
                let constraints = Self.constraints(&random)
                let certificate = try issuer.issue(authority(level, constraints), key: keys[level])
                issuer = LabCertificateAuthority(certificate: certificate, role: .root)
                authorities.append(certificate.der)
                all.append(constraints)
            }
            let names = (0...random.below(4)).map { _ in Self.sensible(\.names, &random) }
            let subjects = authorities.indices.map { ConstrainableName.directory(["O=Hospital", "CN=Authority \($0 + 1)"]) }
            // §6.1.3 (b), (c): everybody below, by subject and by other names.
            let expected = all.enumerated().allSatisfy { $1.allows(subjects.suffix(from: $0 + 1) + names) }
            verdicts[expected, default: 0] += 1
            judge(try leaf(names, below: issuer), authorities.shuffled(), expected, "\(names) under \(all)")
        }
        #expect(verdicts[true, default: 0] > 10 && verdicts[false, default: 0] > 10, "\(verdicts)")
    }

    @Test("a common name that looks like a host's is no DNS name, and constraints on those do not concern it")
    func commonNames() throws {
        let constraints = NameConstraintOracle(permitted: [.dns("a.example")], excluded: [.dns("b.example")])
        let issuing = LabCertificateAuthority(certificate: try root.issue(authority(1, constraints), key: keys[1]), role: .root)
        for text in ["b.example", "x.b.example", "c.example", "a.example"] {
            for names in [[], [ConstrainableName.dns("x.a.example")], [.uri("urn:a:b")]] {
                let profile = LabCertificateProfile.device(.commonName(text), names: names.map(\.generalName))
                judge(try issuing.issue(profile, key: keys[0]), [issuing.certificate.der], true, "CN=\(text), \(names)")
            }
        }
    }

    private func judge(_ leaf: LabCertificate, _ authorities: [[UInt8]], _ expected: Bool, _ label: @autoclosure () -> String) {
        var job = VerificationJob(trustAnchors: [root.certificate.der], leaf: leaf.der)
        job.intermediates = authorities
        let answer = OfflineVerifier.answer(job)
        let isRight = expected ? answer.isAccepted : answer.reason == "constraint-violated"
        #expect(isRight, "\(label()): \(answer.reason), \(answer.detail)")
    }

    private func authority(_ level: Int, _ constraints: NameConstraintOracle = .init()) throws -> LabCertificateProfile {
        var profile = LabCertificateProfile.authority(LabName([.organization("Hospital"), .commonName("Authority \(level)")]))
        if constraints != NameConstraintOracle() {
            profile.extraExtensions = [
                try .nameConstraints(
                    permitted: constraints.permitted.map(\.generalName), excluded: constraints.excluded.map(\.generalName))
            ]
        }
        return profile
    }

    /// Without a subject: the names stand alone.
    private func leaf(_ names: [ConstrainableName], below issuer: LabCertificateAuthority) throws -> LabCertificate {
        try issuer.issue(.device(.empty, names: names.map(\.generalName)), key: keys[0])
    }

    private static func constraints(_ random: inout SplitMix64) -> NameConstraintOracle {
        var constraints = NameConstraintOracle()
        for _ in 0..<random.below(4) {
            let base = sensible(\.bases, &random)
            if random.isOne(of: 3) { constraints.excluded.append(base) } else { constraints.permitted.append(base) }
        }
        return constraints
    }

    /// Mostly one of those that are well-formed, which stand first.
    private static func sensible(
        _ list: (NameConstraintMatrix) -> [ConstrainableName], _ random: inout SplitMix64
    ) -> ConstrainableName {
        let form = NameConstraintMatrix.allCases[random.below(NameConstraintMatrix.allCases.count)]
        let candidates = list(form)
        return candidates[random.below(random.isOne(of: 6) ? candidates.count : (candidates.count + 1) / 2)]
    }
}

extension ConstrainableName {
    fileprivate var generalName: LabGeneralName {
        switch self {
        case .dns(let text): .dns(text)
        case .email(let text): .email(text)
        case .uri(let text): .uri(text)
        case .ip(let octets): .ipOctets(octets)
        case .directory(let parts): .directoryName(LabName(parts.map(Self.attribute)))
        }
    }

    private static func attribute(_ part: String) -> LabName.Attribute {
        let text = String(part[part.index(after: part.firstIndex(of: "=") ?? part.startIndex)...])
        if part.hasPrefix("OU=") { return .organizationalUnit(text) }
        return part.hasPrefix("O=") ? .organization(text) : .commonName(text)
    }
}

import LabPKI
import PKITypes
import PathValidation
import RandomTesting

/// A random certification path, sound or broken in one known way, with the verdict that its making implies. The seed decides
/// everything but keys and signatures.
struct RandomChain {
    /// What is wrong with it.
    enum Fault: String, CaseIterable, Codable {
        case none
        case expired, notYetValid
        case leafPurpose, authorityPurpose, anyPurpose
        case notAnAuthority, basicConstraintsAbsent, authorityKeyUsage
        case leafKeyUsage, leafKeyAgreement
        case pathLength, tooDeep
        case nameNotPermitted, nameExcluded, laxNameConstraints
        case brokenSignature, otherKey, weakSignature
        case unknownCritical
        case policyAbsent, policyNotInitial
        case unknownAnchor, authorityMissing

        /// Needs an authority between the leaf and the anchor.
        var needsIntermediate: Bool {
            switch self {
            case .authorityPurpose, .notAnAuthority, .basicConstraintsAbsent, .authorityKeyUsage, .pathLength, .tooDeep,
                .authorityMissing:
                true
            default: false
            }
        }

        /// What the engine has to say.
        var expected: Set<String> {
            switch self {
            case .none: ["admitted"]
            case .expired: ["expired"]
            case .notYetValid: ["not-yet-valid"]
            case .leafPurpose, .authorityPurpose, .anyPurpose, .leafKeyUsage, .leafKeyAgreement: ["wrong-purpose"]
            case .notAnAuthority, .basicConstraintsAbsent, .authorityKeyUsage, .tooDeep, .laxNameConstraints, .brokenSignature,
                .unknownCritical:
                ["path-invalid"]
            case .pathLength, .nameNotPermitted, .nameExcluded, .policyAbsent, .policyNotInitial: ["constraint-violated"]
            // The namesake is another authority when the key identifiers say so, and else a wrong signature.
            case .otherKey: ["path-invalid", "unknown-ca"]
            case .weakSignature: ["weak-algorithm"]
            case .unknownAnchor: ["unknown-ca"]
            // Its issuer may have the same name, and its key is then the wrong one.
            case .authorityMissing: ["unknown-ca", "path-invalid"]
            }
        }
    }

    /// 2026-08-01, with all validities around it.
    static let moment = UnixSeconds(1_785_542_400)
    static let policyIdentifier = "1.3.6.1.4.1.55555.1"

    let seed: UInt64
    let fault: Fault
    /// Some certificate's validity ends in the very second of the judgement, which still belongs to it.
    private(set) var endsNow = false
    /// An authority changes its key: two certificates of one name, one of which certifies the other.
    private(set) var hasSelfIssued = false
    private(set) var anchor: [UInt8] = []
    private(set) var leaf: [UInt8] = []
    /// The authorities in between, in any order, with duplicates and strangers among them.
    private(set) var others: [[UInt8]] = []
    private(set) var policy = PathPolicy(maximumDepth: 8)

    /// - Parameter keys: at least eight.
    init(seed: UInt64, keys: [LabKey]) throws {
        var random = SplitMix64(seed: seed)
        let fault: Fault = random.isOne(of: 3) ? .none : Fault.allCases[random.below(Fault.allCases.count)]
        self.seed = seed
        self.fault = fault
        let intermediates = random.below(4) + (fault.needsIntermediate ? 1 : 0)
        var plan = ChainPlan(intermediates: intermediates, &random)
        endsNow = plan.endsNow
        try plan.breakBy(fault, &random)
        policy = plan.policy
        hasSelfIssued = plan.hasSelfIssued

        let root = try LabCertificateAuthority.selfSigned(plan.profiles[0], key: keys[0])
        var issuer = LabCertificateAuthority(certificate: root, role: .root)
        for position in 1...intermediates + 1 {
            let profile = plan.profiles[position]
            var certificate = try issuer.issue(profile, key: keys[position])
            if plan.signedByAnother == position {
                let stranger = try LabCertificateAuthority.selfSigned(plan.profiles[position - 1], key: keys[7])
                certificate = try LabCertificateAuthority(certificate: stranger, role: .root).issue(profile, key: keys[position])
            }
            if plan.brokenSignature == position { certificate = certificate.withBrokenSignature }
            if position > intermediates {
                leaf = certificate.der
            } else {
                if plan.missing != position { others.append(certificate.der) }
                issuer = LabCertificateAuthority(certificate: certificate, role: .intermediate)
            }
        }
        let foreign = try LabCertificateAuthority.selfSigned(.authority(.commonName("Stranger")), key: keys[6])
        anchor = fault == .unknownAnchor ? foreign.der : root.der
        if random.isOne(of: 3) { others += others.prefix(1) + [foreign.der] }
        if random.isOne(of: 2) { others.shuffle(using: &random) }
    }
}

/// What the certificates of a chain are to be, the anchor's first, the leaf's last.
struct ChainPlan {
    private(set) var profiles: [LabCertificateProfile]
    private(set) var policy = PathPolicy(maximumDepth: 8)
    private(set) var endsNow = false
    private(set) var brokenSignature: Int?
    private(set) var signedByAnother: Int?
    private(set) var missing: Int?
    private let intermediates: Int
    /// Self-issued certificates are not counted by path lengths and depths, so these faults want none.
    private(set) var hasSelfIssued = false

    private var leaf: Int { profiles.count - 1 }

    init(intermediates: Int, _ random: inout SplitMix64) {
        self.intermediates = intermediates
        profiles = (0...intermediates).map { .authority(.commonName("Authority \($0)")) }
        let name = LabGeneralName.uri("urn:hospital:device:pump:\(random.below(1_000))")
        profiles.append(.device(.commonName("pump"), names: [name, .dns("pump.ward.example")]))
        for position in profiles.indices {
            profiles[position].validity = Self.validity(&random)
            profiles[position].serial = [UInt8(position + 1), UInt8(random.below(128))]
            if random.isOne(of: 4) { profiles[position].authorityKeyIdentifier = .absent }
            if random.isOne(of: 4) { profiles[position].subjectKeyIdentifier = .absent }
            if random.isOne(of: 4) {
                profiles[position].extraExtensions.append(LabExtension("1.3.6.1.4.1.55555.9", value: LabDER.null))
            }
        }
        for position in 0...intermediates where random.isOne(of: 4) { profiles[position].purposes = [.serverAuth, .clientAuth] }
        if random.isOne(of: 4) { profiles[leaf].purposes = [] }
        if random.isOne(of: 5) { profiles[leaf].keyUsage = nil }
        addLimits(&random)
        if random.isOne(of: 16) {
            endsNow = true
            let position = random.below(profiles.count)
            profiles[position].validity = Validity(
                notBefore: profiles[position].validity.notBefore, notAfter: RandomChain.moment)
        }
    }

    /// Around the moment; one in eight begins with it.
    private static func validity(_ random: inout SplitMix64) -> Validity {
        let before = random.isOne(of: 8) ? 0 : Int64(random.below(400)) * 86_400
        return Validity(
            notBefore: RandomChain.moment + -before, notAfter: RandomChain.moment + (1 + Int64(random.below(400)) * 86_400)
        )
    }

    /// Limits that a sound chain keeps.
    private mutating func addLimits(_ random: inout SplitMix64) {
        if intermediates > 0, random.isOne(of: 5) {
            hasSelfIssued = true
            profiles[1].subject = profiles[0].subject
        }
        for position in 0...intermediates where random.isOne(of: 3) {
            profiles[position].basicConstraints = .authority(pathLength: UInt64(intermediates - position + random.below(2)))
        }
        if random.isOne(of: 3) {
            for position in 1..<profiles.count {
                profiles[position].extraExtensions.append(.certificatePolicies([RandomChain.policyIdentifier]))
            }
            policy.explicitPolicy = .required
            if random.isOne(of: 2) { policy.initialPolicies = [RandomChain.policyIdentifier] }
        }
    }

    private mutating func append(_ item: LabExtension, to position: Int) { profiles[position].extraExtensions.append(item) }

    mutating func breakBy(_ fault: RandomChain.Fault, _ random: inout SplitMix64) throws {
        let below = 1 + random.below(profiles.count - 1)
        let authority = intermediates > 0 ? 1 + random.below(intermediates) : 0
        let limiting = random.below(intermediates + 1)
        switch fault {
        case .none: break
        case .expired, .notYetValid: setValidity(fault, of: random.below(profiles.count), by: 1 + Int64(random.below(100_000)))
        case .leafPurpose: profiles[leaf].purposes = [random.isOne(of: 2) ? .serverAuth : .codeSigning]
        case .anyPurpose: profiles[leaf].purposes = [.any]
        case .authorityPurpose: profiles[authority].purposes = [.serverAuth, .ocspSigning]
        case .notAnAuthority: profiles[authority].basicConstraints = .endEntity
        case .basicConstraintsAbsent: profiles[authority].basicConstraints = .absent
        case .authorityKeyUsage: profiles[authority].keyUsage = [.cRLSign, .digitalSignature]
        case .leafKeyUsage: profiles[leaf].keyUsage = [.keyEncipherment]
        case .leafKeyAgreement: profiles[leaf].keyUsage = [.keyAgreement]
        case .pathLength:
            // The last intermediate's subject is never its issuer's unless it is the first, which then stands alone.
            takeSelfIssuedAway()
            profiles[random.below(intermediates)].basicConstraints = .authority(pathLength: 0)
            profiles[0].basicConstraints = .authority(pathLength: UInt64(intermediates - 1))
        case .tooDeep:
            takeSelfIssuedAway()
            policy.maximumDepth = intermediates - 1
        case .nameNotPermitted:
            let names: [LabGeneralName] = random.isOne(of: 2) ? [.dns("other.example")] : [.directoryName(.commonName("else"))]
            append(try .nameConstraints(permitted: names), to: limiting)
        case .nameExcluded:
            let names: [LabGeneralName] = random.isOne(of: 2) ? [.dns("ward.example")] : [.directoryName(.commonName("pump"))]
            append(try .nameConstraints(excluded: names), to: limiting)
        case .laxNameConstraints:
            let strict = try LabExtension.nameConstraints(permitted: [.dns("example")])
            append(LabExtension(strict.type, .nonCritical, value: strict.value), to: limiting)
        case .brokenSignature: brokenSignature = below
        case .otherKey: signedByAnother = below
        case .weakSignature: profiles[below].signature = .sha1
        case .unknownCritical:
            append(LabExtension("1.3.6.1.4.1.55555.8", .critical, value: LabDER.null), to: random.below(profiles.count))
        case .policyAbsent:
            policy.explicitPolicy = .required
            profiles[below].extraExtensions.removeAll { $0.type == "2.5.29.32" }
        case .policyNotInitial:
            for position in 1..<profiles.count
            where !profiles[position].extraExtensions.contains(where: { $0.type == "2.5.29.32" }) {
                append(.certificatePolicies([RandomChain.policyIdentifier]), to: position)
            }
            policy.explicitPolicy = .required
            policy.initialPolicies = ["1.3.6.1.4.1.55555.2"]
        case .unknownAnchor: break
        case .authorityMissing: missing = authority
        }
    }

    private mutating func takeSelfIssuedAway() {
        guard hasSelfIssued else { return }
        hasSelfIssued = false
        profiles[1].subject = .commonName("Authority 1")
    }

    private mutating func setValidity(_ fault: RandomChain.Fault, of position: Int, by seconds: Int64) {
        profiles[position].validity =
            fault == .expired
            ? Validity(notBefore: RandomChain.moment + -1_000_000, notAfter: RandomChain.moment + -seconds)
            : Validity(notBefore: RandomChain.moment + seconds, notAfter: RandomChain.moment + 1_000_000)
    }
}

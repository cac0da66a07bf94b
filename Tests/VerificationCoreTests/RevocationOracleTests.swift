import LabPKI
import PKITypes
import RandomTesting
import RevocationLists
import Testing
import VerificationCore
import X509

/// T22: N distribution points × M partitions × reasons × deltas × orders, against a naive oracle.
@Suite("The revocation index and a plain reading of RFC 5280 §6.3.3")
struct RevocationOracleTests {
    private static let now = UnixSeconds(1_800_000_000)
    private static let skew = 5

    @Test("agree on random certificates and sets of lists, in any order of the lists", arguments: 0..<12 as Range<UInt64>)
    func agree(seed: UInt64) throws {
        var world = try RandomRevocation(seed: seed)
        var seen: Set<Substring> = []
        for _ in 0..<40 {
            let models = world.lists()
            let indexed = try models.map { try world.indexed($0, now: Self.now) }
            let index = RevocationIndex(lists: indexed)
            let shuffled = RevocationIndex(lists: indexed.shuffled(using: &world.random))
            let oracle = RevocationOracle(lists: models, now: 0, skew: Self.skew)
            for _ in 0..<12 {
                let model = world.certificate(speakingOf: models)
                let expected = oracle.status(of: model)
                let certificate = try world.pathCertificate(model)
                for index in [index, shuffled] {
                    let status = index.status(
                        of: certificate, under: DecisionFixture.anchorName, now: Self.now, clockSkewSeconds: Int64(Self.skew)
                    )
                    #expect(Self.text(status) == expected, "\(model) in \(models)")
                }
                seen.insert(expected.prefix { $0 != " " })
            }
        }
        #expect(seen == ["good", "stale", "revoked", "unknown"])
    }

    static func text(_ status: RevocationStatus) -> String {
        switch status {
        case .good: "good"
        case .stale(_, let seconds): "stale \(seconds)"
        case .revoked: "revoked"
        case .unconfirmed: "unconfirmed"
        case .unknown: "unknown"
        }
    }
}

/// Random lists and certificates, as the oracle sees them and in DER.
struct RandomRevocation {
    typealias Oracle = RevocationOracle

    var random: SplitMix64
    private let authority: LabCertificateAuthority
    private var certificates: [String: PathCertificate] = [:]

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        authority = try LabCertificateAuthority()
    }

    mutating func chance(_ numerator: Int, of denominator: Int) -> Bool {
        Int.random(in: 0..<denominator, using: &random) < numerator
    }

    private mutating func subset(of all: [Int]) -> Set<Int> {
        var half: Set<Int> = []
        for element in all where chance(1, of: 2) { half.insert(element) }
        return half.isEmpty ? [all[0]] : half
    }

    // MARK: Models

    /// Half of the reasons each way, so that two lists often complete each other.
    private static let reasonHalves: [Set<Int>] = [[1, 2], [3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [6]]

    private mutating func scope() -> Oracle.Scope? {
        guard chance(3, of: 4) else { return nil }
        var scope = Oracle.Scope()
        if chance(2, of: 3) { scope.names = subset(of: [20, 21, 0, 2]) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: scope.onlyUsers = true
        case 1: scope.onlyAuthorities = true
        case 2: scope.onlyAttributes = chance(1, of: 3)
        default: break
        }
        if chance(1, of: 3) { scope.reasons = Self.reasonHalves.randomElement(using: &random) }
        scope.isIndirect = chance(1, of: 2)
        return scope
    }

    private mutating func key() -> Int { Int.random(in: 0...1, using: &random) }

    /// Drawn without a look at who signs: an authority key identifier is the signer's word.
    private mutating func claim() -> Int? { chance(3, of: 4) ? key() : nil }

    /// A few scopes, and a few lists of each: complete ones, deltas, some that must not be used.
    mutating func lists() -> [Oracle.List] {
        var lists: [Oracle.List] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let (scope, issuer) = (scope(), chance(2, of: 3) ? 0 : 2)
            let (signer, claimedKey) = (key(), claim())
            var numbers = Array(1...9).shuffled(using: &random)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let number = numbers.removeLast()
                var list = Oracle.List(
                    issuer: issuer, signer: chance(2, of: 3) ? signer : key(),
                    claimedKey: chance(4, of: 5) ? claimedKey : claim(), scope: scope, number: number, base: nil,
                    thisUpdate: Int.random(in: -30...8, using: &random), nextUpdate: Int.random(in: -4...8, using: &random),
                    entries: [:]
                )
                if number > 1, chance(1, of: 2) { list.base = Int.random(in: 1..<number, using: &random) }
                if list.base == nil, chance(1, of: 8) { list.number = nil }
                list.isProven = chance(9, of: 10)
                list.isSupported = chance(19, of: 20)
                for key in keys(in: scope, issuer) where chance(1, of: 5) {
                    list.entries[key] = list.base == nil || chance(2, of: 3)
                }
                lists.append(list)
            }
        }
        return lists.shuffled(using: &random)
    }

    private func keys(in scope: Oracle.Scope?, _ issuer: Int) -> [Oracle.Key] {
        let issuers = scope?.isIndirect ?? false ? [0, 1, 2] : [issuer]
        return issuers.flatMap { issuer in (UInt8(1)...3).map { Oracle.Key(issuer: issuer, serial: $0) } }
    }

    mutating func certificate(speakingOf lists: [Oracle.List]) -> Oracle.Certificate {
        var points: [Oracle.Point] = []
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            var point = Oracle.Point()
            // A point has a name or an issuer (§4.2.1.13).
            point.crlIssuer = chance(1, of: 3) ? 2 : nil
            if point.crlIssuer == nil || chance(1, of: 2) { point.names = subset(of: [20, 21, 2]) }
            if chance(1, of: 4) { point.reasons = Self.reasonHalves.randomElement(using: &random) }
            points.append(point)
        }
        let issuer = chance(3, of: 4) ? 0 : 2
        return Oracle.Certificate(
            key: Oracle.Key(issuer: issuer, serial: UInt8.random(in: 1...3, using: &random)),
            isAuthority: chance(1, of: 3), points: points
        )
    }

    // MARK: DER

    private static let keys = [ListKey(of: [1]), ListKey(of: [2])]

    private static func name(_ issuer: Int) -> LabName { LabName([.organization("Hospital"), .commonName("Issuer \(issuer)")]) }

    private static func general(_ name: Int) -> LabGeneralName {
        name < 10 ? .directoryName(Self.name(name)) : .uri("http://pki.example/\(name).crl")
    }

    private static func point(_ names: Set<Int>) -> LabDistributionPoint.Name { .full(names.sorted().map(general)) }

    private static func reasons(_ bits: Set<Int>) -> LabReasons {
        bits.reduce(into: []) { $0.insert(LabReasons(rawValue: 1 << $1)) }
    }

    func indexed(_ model: Oracle.List, now: UnixSeconds) throws -> IndexedList {
        var entries: [LabRevokedEntry] = []
        for issuer in [model.issuer, 0, 1, 2] {
            let group = model.entries.filter { $0.key.issuer == issuer }.sorted { $0.key.serial < $1.key.serial }
            guard issuer != model.issuer || entries.isEmpty, !group.isEmpty else { continue }
            for (position, (key, isRevocation)) in group.enumerated() {
                var entry = LabRevokedEntry(serial: [key.serial], reason: isRevocation ? .keyCompromise : .removeFromCRL)
                if position == 0, issuer != model.issuer {
                    entry.extraExtensions = [try .certificateIssuer(Self.name(issuer))]
                }
                entries.append(entry)
            }
        }
        let list = try authority.revocationList(
            revoking: entries, number: model.number.map(UInt64.init), thisUpdate: now + Int64(model.thisUpdate),
            nextUpdate: now + Int64(model.nextUpdate)
        ) { profile throws(LabPKIFailure) in
            profile.issuer = Self.name(model.issuer)
            profile.authorityKeyIdentifier = model.claimedKey.map { .octets([UInt8($0)]) } ?? .absent
            profile.deltaBase = model.base.map(UInt64.init)
            if let scope = model.scope { profile.extraExtensions = [try Self.issuingDistributionPoint(scope)] }
            if !model.isSupported { profile.extraExtensions.append(LabExtension("1.2.3.4", .critical, value: [5, 0])) }
        }
        let indexed = try DecisionFixture.indexed(list, .parked)
        if model.isProven { indexed.markProven(by: Self.keys[model.signer]) }
        return indexed
    }

    private static func issuingDistributionPoint(_ scope: Oracle.Scope) throws(LabPKIFailure) -> LabExtension {
        var scopes: [LabExtension.ListScope] = []
        if scope.onlyUsers { scopes.append(.userCertificates) }
        if scope.onlyAuthorities { scopes.append(.authorityCertificates) }
        if scope.onlyAttributes { scopes.append(.attributeCertificates) }
        if scope.isIndirect { scopes.append(.indirect) }
        return try .issuingDistributionPoint(scope.names.map(point), scopes: scopes, reasons: scope.reasons.map(reasons))
    }

    mutating func pathCertificate(_ model: Oracle.Certificate) throws -> PathCertificate {
        let id = "\(model)"
        if let known = certificates[id] { return known }
        let profile = LabCertificateProfile.authority(Self.name(model.key.issuer))
        let certificate = try LabCertificateAuthority.selfSigned(profile, key: authority.certificate.key)
        let issuer = LabCertificateAuthority(certificate: certificate, role: .root)
        let device = try issuer.issueDevice("urn:a:b") { profile throws(LabPKIFailure) in
            profile.serial = [model.key.serial]
            if model.isAuthority { profile.basicConstraints = .authority(pathLength: nil) }
            if !model.points.isEmpty {
                let points = model.points.map { point in
                    LabDistributionPoint(
                        point.names.map(Self.point), reasons: point.reasons.map(Self.reasons),
                        crlIssuers: point.crlIssuer.map { [.directoryName(Self.name($0))] } ?? []
                    )
                }
                profile.extraExtensions = [try .crlDistributionPoints(points)]
            }
        }
        let parsed = try PathCertificate(Certificate(der: device.der))
        certificates[id] = parsed
        return parsed
    }
}

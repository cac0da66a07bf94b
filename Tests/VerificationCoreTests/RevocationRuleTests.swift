import LabPKI
import PKITypes
import Testing
import VerificationCore
import X509

/// One certificate, lists that bend one thing each, and what they say together (RFC 5280 §5.2, §6.3.3).
@Suite("What lists say of a certificate")
struct RevocationRuleTests {
    let authority: LabCertificateAuthority
    let other: LabCertificateAuthority
    let device: LabCertificate
    private let now = LabTime.now()

    init() throws {
        authority = try LabCertificateAuthority(root: "Devices")
        other = try LabCertificateAuthority(root: "Others")
        device = try authority.issueDevice("urn:a:b") { $0.serial = [7] }
    }

    /// A list by `issuer`, `authority` unless told otherwise.
    private func list(
        _ revoking: [RevocationReason] = [], number: UInt64? = 1, base: UInt64? = nil, begins: Int64 = -3600, ends: Int64 = 3600,
        by issuer: LabCertificateAuthority? = nil, key: [UInt8] = [1],
        in scope: [LabExtension] = [], _ proof: DecisionFixture.Proof = .proven
    ) throws -> IndexedList {
        let entries = revoking.map { LabRevokedEntry(serial: [7], reason: $0) }
        let list = try (issuer ?? authority).revocationList(
            revoking: entries, number: number, thisUpdate: now + begins, nextUpdate: now + ends
        ) {
            $0.deltaBase = base
            $0.extraExtensions = scope
            $0.authorityKeyIdentifier = .octets(key)
        }
        return try DecisionFixture.indexed(list, proof)
    }

    /// Of every order of the lists the answer must be one.
    private func status(_ lists: [IndexedList], of leaf: LabCertificate? = nil) throws -> String {
        let certificate = try PathCertificate(Certificate(der: (leaf ?? device).der))
        let answers = Set(
            (0..<4).map { _ in
                RevocationIndex(lists: lists.shuffled()).status(
                    of: certificate, under: DecisionFixture.anchorName, now: now, clockSkewSeconds: 0
                )
            }
            .map(Self.text))
        try #require(answers.count == 1, "the order of the lists matters: \(answers)")
        return answers.first ?? ""
    }

    private static func text(_ status: RevocationStatus) -> String {
        switch status {
        case .good(let list): "good by \(list.number?.description ?? "-")"
        case .stale(let list, _): "stale by \(list.number?.description ?? "-")"
        case .revoked(let entry, let list): "\(entry.reason.name) by \(list.number?.description ?? "-")"
        case .unconfirmed: "unconfirmed"
        case .unknown(let cause, _): cause.code
        }
    }

    private func device(at points: [LabDistributionPoint]) throws -> LabCertificate {
        let item = try LabExtension.crlDistributionPoints(points)
        return try authority.issueDevice("urn:a:b") { profile throws(LabPKIFailure) in
            profile.serial = [7]
            profile.extraExtensions = [item]
        }
    }

    private func shard(
        _ names: Int..., scopes: [LabExtension.ListScope] = [], reasons: LabReasons? = nil
    ) throws -> [LabExtension] {
        let name = names.isEmpty ? nil : LabDistributionPoint.Name.full(names.map { .uri("http://pki.example/\($0).crl") })
        return [try .issuingDistributionPoint(name, scopes: scopes, reasons: reasons)]
    }

    private static func point(_ shard: Int, reasons: LabReasons? = nil) -> LabDistributionPoint {
        LabDistributionPoint(.url("http://pki.example/\(shard).crl"), reasons: reasons)
    }

    // MARK: Scope

    @Test("REV-4: a certificate is good only against its own shard, and revoked only by it")
    func shards() throws {
        let device = try device(at: [Self.point(7)])
        let wrong = try (1...6).map { try list(in: shard($0)) }
        #expect(try status(wrong, of: device) == "wrong-scope")
        #expect(try status([list([.superseded], in: shard(6))], of: device) == "wrong-scope")
        #expect(try status(wrong + [list(number: 8, in: shard(7))], of: device) == "good by 0x08")
        #expect(try status(wrong + [list([.superseded], number: 8, in: shard(7))], of: device) == "superseded by 0x08")
        #expect(try status([list(number: 8)], of: device) == "good by 0x08", "a list of everything")
        #expect(try status([list(in: shard(7))]) == "wrong-scope", "a certificate that names no point has no shard")
    }

    @Test("T22: every name of every distribution point is compared with every name of the list", arguments: 0..<3, 0..<3)
    func everyName(position: Int, pointPosition: Int) throws {
        let own = 40 + position
        let points = (0..<3).map { index in
            let names = (0..<3).map { LabGeneralName.uri("http://pki.example/\(index == pointPosition ? 40 + $0 : 90 + $0).crl") }
            return LabDistributionPoint(.full(names))
        }
        let device = try device(at: points)
        #expect(try status([list([.keyCompromise], in: shard(11, own, 12))], of: device) == "keyCompromise by 0x01")
        #expect(try status([list(in: shard(own))], of: device) == "good by 0x01")
        #expect(try status([list(in: shard(11, 12))], of: device) == "wrong-scope")
    }

    @Test("a name relative to the issuer is the same as the whole of it, and not the same under another issuer")
    func relativeNames() throws {
        let relative = LabDistributionPoint.Name.relative([.commonName("Shard 3")])
        func full(_ issuer: String) -> LabDistributionPoint.Name {
            .full([.directoryName(LabName([.commonName(issuer), .commonName("Shard 3")]))])
        }
        for (inCertificate, inList, expected) in [
            (relative, relative, "good by 0x01"), (relative, full("Devices"), "good by 0x01"),
            (full("DEVICES"), relative, "good by 0x01"), (full("Others"), relative, "wrong-scope"),
            (relative, .relative([.commonName("Shard 4")]), "wrong-scope"), (relative, .url("Shard 3"), "wrong-scope"),
        ] {
            let device = try device(at: [LabDistributionPoint(inCertificate)])
            #expect(try status([list(in: [.issuingDistributionPoint(inList)])], of: device) == expected)
        }
    }

    @Test("REV-2: lists of user, CA or attribute certificates speak of these alone")
    func holders() throws {
        let subordinate = try authority.issueIntermediate { $0.serial = [7] }.certificate
        for (scope, ofDevice, ofAuthority) in [
            (LabExtension.ListScope.userCertificates, "good by 0x01", "wrong-scope"),
            (.authorityCertificates, "wrong-scope", "good by 0x01"), (.attributeCertificates, "wrong-scope", "wrong-scope"),
        ] {
            let lists = [try list(in: shard(scopes: [scope]))]
            #expect(try status(lists) == ofDevice)
            #expect(try status(lists, of: subordinate) == ofAuthority)
        }
    }

    @Test("REV-3: reasons add up to all or the status is unknown; what some of them revoke is revoked")
    func reasons() throws {
        let compromise: LabReasons = [.keyCompromise, .caCompromise]
        let rest = LabReasons.all.subtracting(compromise)
        let (some, others) = (try list(number: 1, in: shard(reasons: compromise)), try list(number: 2, in: shard(reasons: rest)))
        #expect(try status([some]) == "reasons-incomplete")
        #expect(try status([others]) == "reasons-incomplete")
        #expect(try status([some, others]).hasPrefix("good"))
        #expect(try status([list([.keyCompromise], in: shard(reasons: compromise))]) == "keyCompromise by 0x01")
        let stale = try list(number: 2, ends: -5, in: shard(reasons: rest))
        #expect(try status([some, stale]) == "stale by 0x02")
        let device = try device(at: [Self.point(1, reasons: compromise), Self.point(2, reasons: rest)])
        #expect(try status([list(in: shard(1)), list(in: shard(2))], of: device).hasPrefix("good"))
        #expect(try status([list(in: shard(1)), list(in: shard(1, reasons: rest))], of: device) == "reasons-incomplete")
    }

    // MARK: Issuers

    @Test("T25, REV-7: one serial number under two issuers; the key is issuer and serial number, never the number alone")
    func sameSerial() throws {
        let indirect = try shard(scopes: [.indirect])
        let point = LabDistributionPoint(nil, crlIssuers: [.directoryName(other.certificate.subject)])
        let device = try device(at: [point])
        func indirectList(_ entries: [(issuer: LabCertificateAuthority?, serial: UInt8)]) throws -> IndexedList {
            let encoded = try entries.map { issuer, serial in
                var entry = LabRevokedEntry(serial: [serial])
                if let issuer { entry.extraExtensions = [try .certificateIssuer(issuer.certificate.subject)] }
                return entry
            }
            let list = try other.revocationList(revoking: encoded) { $0.extraExtensions = indirect }
            return try DecisionFixture.indexed(list)
        }
        #expect(try status([indirectList([])], of: device) == "good by 0x01")
        #expect(try status([indirectList([(nil, 7)])], of: device) == "good by 0x01", "the list issuer's own 7")
        #expect(try status([indirectList([(authority, 7)])], of: device) == "unspecified by 0x01")
        #expect(try status([indirectList([(authority, 6), (nil, 7)])], of: device) == "unspecified by 0x01", "it holds on")
        #expect(try status([indirectList([(authority, 6), (other, 7)])], of: device) == "good by 0x01", "until changed")
        let others = try other.issueDevice("urn:a:b") { $0.serial = [7] }
        #expect(try status([indirectList([(authority, 7)])], of: others) == "good by 0x01")
        #expect(try status([list(), list([.superseded], by: other)]) == "good by 0x01", "another issuer's direct list")
    }

    @Test("REV-2: an indirect list speaks for whom the certificate says, and a direct one for its issuer alone")
    func indirect() throws {
        let point = LabDistributionPoint(nil, crlIssuers: [.directoryName(other.certificate.subject)])
        let device = try device(at: [point])
        let indirect = try shard(scopes: [.indirect])
        #expect(try status([list(by: other, in: indirect)], of: device) == "good by 0x01")
        #expect(try status([list(by: other)], of: device) == "wrong-scope", "not marked as indirect")
        #expect(try status([list(by: other, in: indirect)]) == "no-list", "the certificate names nobody")
        #expect(try status([list(by: other, in: shard(1, scopes: [.indirect]))], of: device) == "wrong-scope", "another point")
        let named = try LabExtension.issuingDistributionPoint(
            .full([.directoryName(other.certificate.subject)]), scopes: [.indirect]
        )
        #expect(try status([list(by: other, in: [named])], of: device) == "good by 0x01", "named as the list's issuer")
    }

    @Test("T24: whatever one source says, revoked by the other wins, and silence is not good", arguments: Source.allCases)
    func truthTable(first: Source) throws {
        for second in Source.allCases {
            let lists = try [(first, UInt64(1), UInt8(1)), (second, 2, 2)].compactMap { source, number, key in
                try list(source, number: number, key: key)
            }
            let pair: Set = [first, second]
            let answer = try status(lists)
            let expected =
                switch true {
                case pair.contains(.revoked): "unspecified"
                case pair.contains(.unusable): "list-unsupported"
                case pair.contains(.good): "good"
                case pair.contains(.stale): "stale"
                case pair.contains(.unknown): "list-not-proven"
                default: "no-list"
                }
            #expect(answer.hasPrefix(expected), "\(first) \(second): \(answer)")
        }
    }

    enum Source: CaseIterable { case good, revoked, unknown, absent, stale, unusable }

    private func list(_ source: Source, number: UInt64, key: UInt8) throws -> IndexedList? {
        switch source {
        case .good: try list(number: number, key: [key])
        case .revoked: try list([.unspecified], number: number, key: [key])
        case .unknown: try list(number: number, key: [key], in: [], .parked)
        case .absent: nil
        case .stale: try list(number: number, ends: -1, key: [key])
        case .unusable: try list([.unspecified], number: number, key: [key], in: [Self.unknownCritical])
        }
    }

    // MARK: Unusable lists

    private static let unknownCritical = LabExtension("1.2.3.4", .critical, value: [5, 0])

    @Test("T23: a list with an unknown critical extension neither revokes nor clears, until a newer list replaces it")
    func unknownCriticalExtension() throws {
        let marked = try list([.superseded], number: 2, in: [Self.unknownCritical])
        #expect(try status([marked]) == "list-unsupported")
        #expect(try status([list(number: 1, begins: -7200), marked]) == "list-unsupported")
        #expect(try status([marked, list(number: 3)]) == "good by 0x03")
        #expect(try status([list([.superseded], number: 1), marked]) == "superseded by 0x01")
        let harmless = LabExtension("1.2.3.4", .nonCritical, value: [5, 0])
        #expect(try status([list(number: 2, in: [harmless])]) == "good by 0x02")
        let entry = LabRevokedEntry(serial: [9], extraExtensions: [Self.unknownCritical])
        let inEntry = try DecisionFixture.indexed(authority.revocationList(revoking: [entry]))
        #expect(try status([inEntry]) == "list-unsupported", "an entry's extension spoils the whole list")
    }

    // MARK: Age

    @Test("REV-9: the higher number wins within one second; of one number, what either revokes is revoked")
    func sameSecond() throws {
        #expect(try status([list(number: 1), list([.superseded], number: 2)]) == "superseded by 0x02")
        #expect(try status([list([.certificateHold], number: 1), list(number: 2)]) == "good by 0x02")
        let (good, revoking) = (try list(number: 4), try list([.superseded], number: 4))
        #expect(try status([good, revoking]) == "superseded by 0x04")
        // As a list says nothing of its own contents here, the fixture's empty signatures stand for equal contents.
        #expect(!good.contradicts(revoking))
    }

    @Test("lists without numbers, and of version 1, are ordered by thisUpdate; beside them, numbers say nothing")
    func withoutNumbers() throws {
        #expect(try status([list([.superseded], number: nil, begins: -10), list(number: nil, begins: -20)]) == "superseded by -")
        #expect(try status([list([.superseded], number: nil, begins: -20), list(number: nil, begins: -10)]) == "good by -")
        #expect(try status([list(number: 9, begins: -20), list([.superseded], number: nil, begins: -10)]) == "superseded by -")
        let ancient = try authority.revocationList(revoking: [LabRevokedEntry(serial: [7])]) { $0.version = .v1 }
        #expect(try status([DecisionFixture.indexed(ancient)]) == "unspecified by -")
    }

    @Test("key roll-over: lists of both keys speak, the newest of each")
    func rollOver() throws {
        let old = try list(number: 1, ends: -600, key: [1])
        #expect(try status([old]) == "stale by 0x01")
        #expect(try status([old, list(number: 2, key: [2])]) == "good by 0x02")
        #expect(try status([list([.superseded], number: 1, key: [1]), list(number: 2, key: [2])]) == "superseded by 0x01")
    }
}

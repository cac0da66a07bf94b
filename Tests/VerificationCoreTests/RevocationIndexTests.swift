import LabPKI
import PKITypes
import Testing
import VerificationCore
import X509

@Suite("The revocation index")
struct RevocationIndexTests {
    /// A list as the oracle sees it.
    struct Model: CustomStringConvertible {
        let number: UInt64?
        let thisUpdate: Int64
        let nextUpdate: Int64
        let revoked: Set<UInt8>
        let isDelta: Bool
        let isProven: Bool
        var description: String {
            "#\(number.map(String.init) ?? "-") \(thisUpdate)…\(nextUpdate) \(revoked) Δ\(isDelta) ✓\(isProven)"
        }
    }

    private static let now = UnixSeconds(1_800_000_000)
    private static let skew: Int64 = 5

    /// RFC 5280 §5 by a plain reading, for one certificate: newest usable list decides.
    private static func oracle(_ lists: [Model], serial: UInt8) -> String {
        if lists.isEmpty { return "unknown" }
        let begun = lists.filter { $0.isProven && $0.thisUpdate <= skew }
        guard let newest = begun.filter({ !$0.isDelta }).max(by: { ($0.number!, $0.thisUpdate) < ($1.number!, $1.thisUpdate) })
        else {
            return "unknown"
        }
        if newest.revoked.contains(serial) { return "revoked" }
        if begun.contains(where: \.isDelta) { return "unknown" }
        return newest.nextUpdate < 0 ? "stale" : "good"
    }

    private static func text(_ status: RevocationStatus) -> String {
        switch status {
        case .good: "good"
        case .stale: "stale"
        case .revoked: "revoked"
        case .unknown: "unknown"
        }
    }

    @Test("agrees with a plain reading of the rules on random lists", arguments: 0..<8 as Range<UInt64>)
    func againstOracle(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let authority = try LabCertificateAuthority()
        let certificates = try (1...4).map { serial in
            try authority.issueDevice("urn:a:b") { $0.serial = [UInt8(serial)] }
        }
        let parsed = try certificates.map { PathCertificate(try Certificate(der: $0.der)) }
        for _ in 0..<40 {
            let numbers = (1...9).shuffled(using: &random)
            let models = (0..<Int.random(in: 0...5, using: &random)).map { position in
                Model(
                    number: UInt64(numbers[position]), thisUpdate: Int64.random(in: -20...10, using: &random),
                    nextUpdate: Int64.random(in: -3...3, using: &random),
                    revoked: Set((UInt8(1)...4).filter { _ in Int.random(in: 0..<3, using: &random) == 0 }),
                    isDelta: Int.random(in: 0..<6, using: &random) == 0, isProven: Int.random(in: 0..<4, using: &random) != 0
                )
            }
            let index = RevocationIndex(lists: try models.map { try indexed($0, authority) })
            for (serial, certificate) in zip(UInt8(1)..., parsed) {
                let status = index.status(
                    of: certificate, under: DecisionFixture.anchorName, now: Self.now, clockSkewSeconds: Self.skew
                )
                #expect(Self.text(status) == Self.oracle(models, serial: serial), "\(serial) in \(models)")
            }
        }
    }

    private func indexed(_ model: Model, _ authority: LabCertificateAuthority) throws -> IndexedList {
        let list = try authority.revocationList(
            revoking: model.revoked.map { LabRevokedEntry(serial: [$0]) }, number: model.number,
            thisUpdate: Self.now + model.thisUpdate, nextUpdate: Self.now + model.nextUpdate
        ) {
            $0.deltaBase = model.isDelta ? 1 : nil
        }
        return try DecisionFixture.indexed(list, model.isProven ? .proven : .parked)
    }

    @Test("newer is by number where both have one, else by thisUpdate")
    func newer() throws {
        let authority = try LabCertificateAuthority()
        func list(_ number: UInt64?, _ thisUpdate: Int64) throws -> IndexedList {
            try DecisionFixture.indexed(authority.revocationList(number: number, thisUpdate: Self.now + thisUpdate))
        }
        #expect(try list(2, 0).isNewer(than: list(1, 10)))
        #expect(try !list(1, 10).isNewer(than: list(2, 0)))
        #expect(try list(256, 0).isNewer(than: list(255, 0)))
        #expect(try list(1, 10).isNewer(than: list(1, 0)))
        #expect(try list(nil, 10).isNewer(than: list(9, 0)))
        #expect(try !list(nil, 0).isNewer(than: list(nil, 0)))
    }

    @Test("a parked list speaks from the moment that its signature is proven")
    func parked() throws {
        let authority = try LabCertificateAuthority()
        let device = PathCertificate(try Certificate(der: authority.issueDevice("urn:a:b").der))
        let list = try DecisionFixture.indexed(authority.revocationList(), .parked)
        let index = RevocationIndex(lists: [list])
        func status(under anchor: String = DecisionFixture.anchorName) -> String {
            Self.text(index.status(of: device, under: anchor, now: LabTime.now(), clockSkewSeconds: 0))
        }
        #expect(!list.isProven && status() == "unknown")
        list.markProven()
        #expect(list.isProven && status() == "good")
        #expect(status(under: "another") == "unknown")
    }
}

/// Splitmix64: the same numbers for the same seed, on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

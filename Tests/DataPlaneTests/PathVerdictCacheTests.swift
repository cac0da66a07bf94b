import LabPKI
import Observability
import PKITypes
import PathValidation
import SignatureChecking
import Testing
import VerificationCore

@testable import DataPlane

@Suite("Known paths")
struct PathVerdictCacheTests {
    private let path: VerifiedPath
    private let now = LabTime.now()

    init() throws {
        let root = try LabCertificateAuthority()
        let device = try root.issueDevice("urn:a:pump") {
            $0.validity = Validity(notBefore: LabTime.now(), notAfter: LabTime.now() + 60)
        }
        let entry = TrustAnchorEntry(
            name: "ca", fingerprints: [sha256Fingerprint(root.certificate.der)], identitySource: .sanURI, vouchesFor: [],
            maximumCertificateLifetimeSeconds: .max, revocation: RevocationPolicy()
        )
        let engine = try #require(
            OpenSSLPathEngine(
                trust: [.init(entry: "ca", certificates: [root.certificate.der])], intermediates: [],
                policy: PathPolicy(maximumDepth: 3)
            ))
        let presented = try #require(PresentedCertificates(leaf: device.der, others: []))
        path = try VerifiedPath(engine.validate(presented, at: now), entry: entry)
    }

    private static func key(_ number: Int) -> Fingerprint { sha256Fingerprint([UInt8(number)]) }

    @Test("A path is known by what was presented, and while all of it is valid, both ends included")
    func known() {
        let cache = PathVerdictCache(trustSet: Self.key(0), evictions: Counter())
        cache.remember(path, for: Self.key(1))
        #expect(cache.path(for: Self.key(1), at: now) != nil)
        #expect(cache.path(for: Self.key(1), at: now + 60) != nil)
        #expect(cache.path(for: Self.key(1), at: now + 61) == nil)
        #expect(cache.path(for: Self.key(1), at: now + -1) == nil)
        #expect(cache.path(for: Self.key(2), at: now) == nil)
    }

    @Test("Of two generations the one that nobody asked for goes, and every path that went is counted")
    func generations() {
        let evictions = Counter()
        let cache = PathVerdictCache(trustSet: Self.key(0), evictions: evictions, generationCapacity: 2)
        for number in [1, 2, 3] { cache.remember(path, for: Self.key(number)) }
        #expect(evictions.value == 0)
        // 1 and 2 are the earlier generation; 1 is asked for, which makes it recent again.
        #expect(cache.path(for: Self.key(1), at: now) != nil)
        #expect(evictions.value == 0)
        cache.remember(path, for: Self.key(4))
        #expect(evictions.value == 1)
        #expect([1, 2, 3, 4].map { cache.path(for: Self.key($0), at: now) != nil } == [true, false, true, true])
    }

    @Test("A path that becomes recent again counts those that go for it")
    func promotion() {
        let evictions = Counter()
        let cache = PathVerdictCache(trustSet: Self.key(0), evictions: evictions, generationCapacity: 2)
        for number in [1, 2, 3, 4] { cache.remember(path, for: Self.key(number)) }
        // 3 and 4 fill the recent generation: for 1 they become the earlier one, of which 2 was left.
        #expect(cache.path(for: Self.key(1), at: now) != nil)
        #expect(evictions.value == 1)
        #expect([1, 2, 3, 4].map { cache.path(for: Self.key($0), at: now) != nil } == [true, false, true, true])
    }
}

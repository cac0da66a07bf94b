import CAllocationCount
import LabPKI
import Observability
import PKITypes
import PathValidation
import RevocationLists
import SignatureChecking
import Testing
import VerificationCore

@testable import DataPlane

@Suite("The whole decision about a device that comes back")
struct ReturningDeviceTests {
    private static let policies = 1_000
    private static let registered = 10_000

    private let root: LabCertificateAuthority
    private let issuing: LabCertificateAuthority
    private let engine: OpenSSLPathEngine
    private let now = LabTime.now()
    private let facts = ConnectionFacts(listener: "devices", source: IPAddress(octets: [10, 0, 0, 1]), tlsVersion: .tls13)

    init() throws {
        root = try LabCertificateAuthority()
        issuing = try root.issueIntermediate("Issuing")
        engine = try #require(
            OpenSSLPathEngine(
                trust: [.init(entry: "ca", certificates: [root.certificate.der])], intermediates: [],
                policy: PathPolicy(maximumDepth: 3)
            ))
    }

    private func list(_ list: LabRevocationList) throws -> IndexedList {
        let indexed = IndexedList(
            source: "test", anchorEntry: "ca", list: try CertificateRevocationList(der: list.der), nextUpdate: now + 86_400,
            signature: ListSignature(covered: .digest([]), algorithm: [], value: list.der), hash: SipHash(keyLow: 1, keyHigh: 2))
        indexed.markProven(by: .only)
        return indexed
    }

    /// Two lists, a thousand policies of which the last selects, ten thousand registered devices.
    private func snapshot(_ device: VerifiedPath, revoking entries: [LabRevokedEntry] = []) throws -> VerificationSnapshot {
        var devices = DeviceIndex()
        for number in 0..<Self.registered {
            devices.set(RegisteredDevice(identity: DeviceIdentity(text: "urn:hospital:device:pump:x\(number)"), state: .active))
        }
        devices.set(
            RegisteredDevice(
                identity: try device.identity.get(), state: .active,
                credentials: [.init(id: device.credential, key: device.leafKey, answer: .admit)]))
        let never = try (1..<Self.policies).map {
            AccessPolicy(name: "never-\($0)", devices: .any, identity: try IdentityPattern("urn:hospital:device:class-\($0):*"))
        }
        let pumps = AccessPolicy(
            name: "pumps", devices: .registered, identity: try IdentityPattern("urn:hospital:device:pump:{serial}"))
        return VerificationSnapshot(
            generation: 1, anchors: [entry], trustByListener: ["devices": ["ca"]], policies: never + [pumps],
            revocation: RevocationIndex(lists: [
                try list(root.revocationList()), try list(issuing.revocationList(revoking: entries)),
            ]),
            devices: devices, clockSkewSeconds: 300)
    }

    private var entry: TrustAnchorEntry {
        TrustAnchorEntry(
            name: "ca", fingerprints: [sha256Fingerprint(root.certificate.der)], identitySource: .sanURI, vouchesFor: [],
            maximumCertificateLifetimeSeconds: .max, revocation: RevocationPolicy())
    }

    /// From the octets that a device presents; the digest is apart.
    private func judge(
        _ device: LabCertificate, _ snapshot: VerificationSnapshot, _ cache: PathVerdictCache
    ) throws -> (answer: PathVerdictCache.Answer, requests: UInt) {
        let presented = try #require(PresentedCertificates(leaf: device.der, others: [issuing.certificate.der]))
        let key = presented.fingerprint
        let before = CAllocationCount_ofThisThread()
        let answer = cache.judge(key, facts, snapshot, now: now)
        return (answer, CAllocationCount_ofThisThread() - before)
    }

    @Test("It is made without a parse and without a request for memory, permitted or revoked", arguments: [false, true])
    func nothingRequested(_ isRevoked: Bool) throws {
        let device = try issuing.issueDevice("urn:hospital:device:pump:1")
        let presented = try #require(PresentedCertificates(leaf: device.der, others: [issuing.certificate.der]))
        let path = try VerifiedPath(engine.validate(presented, at: now), entry: entry)
        let snapshot = try snapshot(path, revoking: isRevoked ? [LabRevokedEntry(device)] : [])
        let cache = PathVerdictCache(trustSet: engine.trustSet, evictions: Counter())
        guard case .unknown = try judge(device, snapshot, cache).answer else {
            Issue.record("a device that was never here is known")
            return
        }
        cache.remember(path, for: presented.fingerprint)
        _ = try judge(device, snapshot, cache)
        let (answer, requests) = try judge(device, snapshot, cache)
        switch answer {
        case .judged(.decided(_, .permit(let permit), _)):
            #expect(!isRevoked && permit.policy == "pumps" && permit.identity.text == "urn:hospital:device:pump:1")
        case .judged(.decided(_, .refuse(let refusal), _)): #expect(isRevoked && refusal.reason == .revoked)
        default: Issue.record("\(answer)")
        }
        #expect(requests == 0)
    }

    @Test("A chain that differs in one octet is another, whatever its certificates say")
    func otherOctets() throws {
        let devices = try (1...2).map { try issuing.issueDevice("urn:hospital:device:pump:\($0)") }
        let presented = try #require(PresentedCertificates(leaf: devices[0].der, others: [issuing.certificate.der]))
        let path = try VerifiedPath(engine.validate(presented, at: now), entry: entry)
        let snapshot = try snapshot(path)
        let cache = PathVerdictCache(trustSet: engine.trustSet, evictions: Counter())
        cache.remember(path, for: presented.fingerprint)
        guard case .unknown = try judge(devices[1], snapshot, cache).answer else {
            Issue.record("another device's certificate is known")
            return
        }
        let alone = try #require(PresentedCertificates(leaf: devices[0].der, others: []))
        #expect(alone.fingerprint != presented.fingerprint)
    }
}

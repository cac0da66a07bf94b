import DataPlane
import LabPKI
import Observability
import PKITypes
import VerificationCore

/// The decision about devices that come back, by the function that the gateway calls in their handshakes: registered ones, among
/// many others, whose paths are in the cache.
struct WholeDecision {
    private let pki: BenchmarkPKI
    private let snapshot: VerificationSnapshot
    private let cache: PathVerdictCache
    /// Of the chains that the devices present.
    private let keys: [Fingerprint]

    init(
        _ pki: BenchmarkPKI, _ devices: [LabCertificate], _ paths: [VerifiedPath], _ list: IndexedList, policies: Int,
        registered count: Int
    ) throws {
        self.pki = pki
        snapshot = try pki.snapshot([list], policies: policies, devices: Self.registry(paths, among: count))
        cache = PathVerdictCache(trustSet: pki.engine.trustSet, evictions: Counter())
        keys = try devices.map { try pki.presented($0).fingerprint }
        for (key, path) in zip(keys, paths) { cache.remember(path, for: key) }
    }

    @inline(__always)
    func isKey(_ key: Fingerprint, of call: Int) -> Bool { keys[call % keys.count] == key }

    @inline(__always)
    func ask(_ call: Int) throws {
        guard
            case .judged(.decided(_, .permit(let permit), _)) = cache.judge(
                keys[call % keys.count], pki.facts, snapshot, now: pki.now), permit.policy == SnapshotTemplate.policyName
        else { throw Disagreement(question: "a registered device that comes back") }
    }

    private static func registry(_ paths: [VerifiedPath], among count: Int) throws -> DeviceIndex {
        var index = DeviceIndex()
        for number in paths.count..<max(count, paths.count) { index.set(try DeviceStory.device(number, .active)) }
        for path in paths {
            index.set(
                RegisteredDevice(
                    identity: try path.identity.get(), state: .active,
                    credentials: [.init(id: path.credential, key: path.leafKey, answer: .admit)],
                    answerToOthers: .refuse(.credentialNotBound)))
        }
        index.trim()
        return index
    }
}

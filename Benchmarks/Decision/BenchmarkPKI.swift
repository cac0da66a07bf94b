import FileSystem
import LabPKI
import PKITypes
import PathValidation
import RevocationRefresh
import SignatureChecking
import VerificationCore
import X509

/// The authorities, the devices and the lists that everything here is measured with, in a directory that goes with it.
final class BenchmarkPKI {
    /// Enough that a decision does not meet the same bucket each time.
    static let deviceCount = 64

    let now = LabTime.now()
    let root: LabCertificateAuthority
    let issuing: LabCertificateAuthority
    let engine: OpenSSLPathEngine
    let facts = ConnectionFacts(listener: "devices", source: IPAddress(octets: [10, 0, 0, 1]), tlsVersion: .tls13)
    let scratch: ScratchDirectory
    /// As the gateway keeps its tables.
    let tables: TableDirectory
    let template: SnapshotTemplate

    init() throws {
        scratch = try ScratchDirectory()
        tables = try TableDirectory(in: scratch.path)
        root = try LabCertificateAuthority(root: "Benchmark Root")
        issuing = try root.issueIntermediate("Benchmark Issuing")
        let engine = OpenSSLPathEngine(
            trust: [.init(entry: "ca", certificates: [root.certificate.der])],
            intermediates: [issuing.certificate.der],
            policy: PathPolicy(maximumDepth: 5)
        )
        guard let engine else { throw Disagreement(question: "an engine with the root as its anchor") }
        self.engine = engine
        let rootList = try ListLoader.list(root.revocationList().der, source: "root", anchorEntry: "ca")
        rootList.markProven(by: .only)
        let anchor = TrustAnchorEntry(
            name: "ca",
            fingerprints: [sha256Fingerprint(root.certificate.der)],
            identitySource: .sanURI,
            vouchesFor: [try IdentityPattern("urn:hospital:device:**")],
            maximumCertificateLifetimeSeconds: .max,
            revocation: RevocationPolicy()
        )
        template = SnapshotTemplate(anchor: anchor, rootList: rootList, listener: facts.listener)
    }

    // MARK: - Devices

    func devices(_ serials: SerialChoice, from first: Int = 0) throws -> [LabCertificate] {
        try (0..<Self.deviceCount).map { index in
            try issuing.issueDevice("urn:hospital:device:pump:\(index)") { profile in
                profile.serial = serials.octets(first + index)
            }
        }
    }

    func presented(_ device: LabCertificate) throws -> PresentedCertificates {
        guard let presented = PresentedCertificates(leaf: device.der, others: [issuing.certificate.der]) else {
            throw Disagreement(question: "certificates that OpenSSL reads")
        }
        return presented
    }

    func paths(_ devices: [LabCertificate]) throws -> [VerifiedPath] {
        try devices.map { try VerifiedPath(engine.validate(presented($0), at: now), entry: template.anchor) }
    }

    // MARK: - Lists

    /// Writes a list of the issuing authority: these entries, and so many more of nobody's.
    func writeList(
        _ name: String, revoking entries: [LabRevokedEntry] = [], ofMany count: Int, seed: UInt64 = 1, number: UInt64 = 1,
        deltaBase: UInt64? = nil
    ) throws -> String {
        var profile = LabRevocationListProfile(
            revoking: entries, number: number, thisUpdate: now, nextUpdate: now + LabTime.secondsPerDay)
        profile.deltaBase = deltaBase
        let path = scratch.file(name + ".crl")
        try issuing.writeRevocationList(ofMany: count, serials: LabSerialSequence(seed: seed), profile, to: path)
        return path
    }

    func loadFile(_ path: String) throws -> LoadedListFile {
        try ListLoader.load(path, anchorEntry: "ca", storage: tables.storage)
    }

    /// The one list of a file, proven.
    func load(_ path: String) throws -> IndexedList {
        let list = try loadFile(path).lists[0]
        list.markProven(by: .only)
        return list
    }

    // MARK: - Snapshots

    /// - Parameter policies: of which only the last one matches.
    func snapshot(_ lists: [IndexedList], policies: Int, devices: DeviceIndex? = nil) throws -> VerificationSnapshot {
        try template.snapshot(lists, policies: policies, devices: devices)
    }

    enum Expectation { case permitted, revoked }

    /// Judges a known path, and throws when the verdict is another one.
    @inline(__always)
    func judge(_ path: VerifiedPath, _ snapshot: VerificationSnapshot, _ expected: Expectation) throws {
        let policy = SnapshotTemplate.policyName
        switch VerificationCore.judge(known: path, facts, snapshot, now: now) {
        case .decided(_, .permit(let permit), _) where expected == .permitted && permit.policy == policy: break
        case .decided(_, .refuse(let refusal), _) where expected == .revoked && refusal.reason == .revoked: break
        default: throw Disagreement(question: "a known path that is \(expected)")
        }
    }
}

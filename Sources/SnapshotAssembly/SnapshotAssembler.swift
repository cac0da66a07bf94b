import Configuration
import FileSystem
import PKITypes
import PathValidation
import RevocationRefresh
import SignatureChecking
import VerificationCore
import X509

/// Makes the next snapshot from a configuration and the files it names. Nothing that runs is touched: what cannot be built
/// is reported, and the old snapshot stays.
package struct SnapshotAssembler: Sendable {
    /// What an assembly came to.
    package struct Assembly: Sendable {
        /// Nil when a problem is an error.
        package let snapshot: VerificationSnapshot?
        package let trust: [String: TrustMaterial]
        package let problems: [AssemblyProblem]
    }

    private let configuration: GatewayConfiguration
    private let knownProvers: Set<ListProver>

    /// - Parameter knownProvers: issuers whose certificates arrived with devices, and that proved lists before.
    package init(_ configuration: GatewayConfiguration, knownProvers: Set<ListProver>) {
        self.configuration = configuration
        self.knownProvers = knownProvers
    }

    package func assemble(generation: UInt64, now: UnixSeconds) -> Assembly {
        var problems: [AssemblyProblem] = []
        let trust = configuration.trustAnchors.map { TrustMaterial($0, problems: &problems) }
        let lists = trust.flatMap { self.lists(of: $0, now: now, problems: &problems) }
        let entries = trust.map { entry(for: $0) }
        let hasErrors = problems.contains { $0.severity == .error }
        let snapshot =
            hasErrors
            ? nil
            : VerificationSnapshot(
                generation: generation,
                anchors: entries,
                trustByListener: Dictionary(uniqueKeysWithValues: configuration.listeners.map { ($0.name, Set($0.trust)) }),
                policies: configuration.policies.map(AccessPolicy.init),
                revocation: RevocationIndex(lists: lists),
                clockSkewSeconds: configuration.clockSkewSeconds
            )
        return Assembly(
            snapshot: snapshot,
            trust: Dictionary(uniqueKeysWithValues: trust.map { ($0.settings.name, $0) }),
            problems: problems
        )
    }

    private func entry(for material: TrustMaterial) -> TrustAnchorEntry {
        let settings = material.settings
        return TrustAnchorEntry(
            name: settings.name,
            fingerprints: material.fingerprints,
            identitySource: settings.identity,
            vouchesFor: settings.vouchesFor.map(Self.pattern),
            maximumCertificateLifetimeSeconds: settings.maximumCertificateLifetimeSeconds,
            revocation: RevocationPolicy(unknownStatus: settings.unknownStatus, stale: settings.stale)
        )
    }

    fileprivate static func pattern(_ text: String) -> IdentityPattern {
        guard let pattern = try? IdentityPattern(text) else {
            preconditionFailure("the configuration holds a checked pattern: \(text)")
        }
        return pattern
    }
}

// MARK: - Lists

extension SnapshotAssembler {
    private func lists(of material: TrustMaterial, now: UnixSeconds, problems: inout [AssemblyProblem]) -> [IndexedList] {
        let issuers = KnownIssuers(material, provers: knownProvers, now: now)
        return material.settings.crlFiles.flatMap { path in
            let lists = load(path, anchorEntry: material.settings.name, problems: &problems)
            for list in lists { examine(list, issuers, path: path, now: now, problems: &problems) }
            return lists
        }
    }

    private func load(_ path: String, anchorEntry: String, problems: inout [AssemblyProblem]) -> [IndexedList] {
        let file: [UInt8]
        do {
            file = try FileContents.read(path, limit: ListLoader.maximumFileOctets)
        } catch {
            problems.append(.error(path, error.reason))
            return []
        }
        do {
            return try ListLoader.lists(in: file, source: path, anchorEntry: anchorEntry)
        } catch {
            problems.append(.error(path, error.description))
            return []
        }
    }

    private func examine(
        _ list: IndexedList,
        _ issuers: KnownIssuers,
        path: String,
        now: UnixSeconds,
        problems: inout [AssemblyProblem]
    ) {
        if case .unsupported(let cause) = list.support {
            problems.append(.error(path, "holds \(cause), which is not available in this version"))
            return
        }
        switch issuers.prove(list) {
        case .proven: break
        case .issuerUnknown:
            let wait =
                "its lists wait until a device brings the issuer's certificate; add it to `intermediates` to check them now"
            problems.append(.warning(path, "is of \(list.issuer.display), whose certificate is not configured: \(wait)"))
        case .notByIssuer:
            problems.append(.error(path, "is signed by no known key of its issuer \(list.issuer.display)"))
        }
        if list.nextUpdate < now {
            let hours = (now - list.nextUpdate) / 3600
            problems.append(.warning(path, "is stale: its nextUpdate passed \(hours) hours ago"))
        }
        if list.thisUpdate > now + configuration.clockSkewSeconds {
            problems.append(.warning(path, "is not valid yet: its thisUpdate lies \((list.thisUpdate - now) / 60) minutes ahead"))
        }
    }
}

/// Certificates that may sign lists below one trust anchor: the anchors, configured intermediates that a path leads to, and
/// issuers that devices brought and a path led to.
struct KnownIssuers {
    enum Proof { case proven, issuerUnknown, notByIssuer }

    private let engine: OpenSSLPathEngine?
    private let issuers: [(certificate: Certificate, der: [UInt8])]

    /// More CA certificates in a row than any hierarchy has.
    private static let maximumDepth = 16

    init(_ material: TrustMaterial, provers: Set<ListProver>, now: UnixSeconds) {
        let engine = OpenSSLPathEngine(
            trust: [material.forValidation],
            intermediates: material.intermediates,
            policy: PathPolicy(purpose: .any, maximumDepth: Self.maximumDepth)
        )
        let learned = provers.filter { $0.anchorEntry == material.settings.name }.map(\.certificate)
        let candidates = (material.intermediates + learned).filter { der in
            guard let engine, let presented = PresentedCertificates(leaf: der, others: []) else { return false }
            return (try? engine.validate(presented, at: now)) != nil
        }
        self.engine = engine
        issuers = (material.anchors + candidates).compactMap { der in (try? Certificate(der: der)).map { ($0, der) } }
    }

    func prove(_ list: IndexedList) -> Proof {
        let named = issuers.filter { $0.certificate.subject == list.issuer }
        guard let engine, !named.isEmpty else { return .issuerUnknown }
        return named.contains { VerificationCore.prove(list, with: $0.certificate, $0.der, engine) } ? .proven : .notByIssuer
    }
}

extension AccessPolicy {
    fileprivate init(_ settings: PolicySettings) {
        self.init(
            name: settings.name,
            identity: settings.identityPattern.map(SnapshotAssembler.pattern),
            listeners: Set(settings.listeners),
            networks: settings.networks,
            minimumTLSVersion: settings.minimumTLSVersion,
            warnCertificateAgeSeconds: settings.warnCertificateAgeSeconds,
            maximumCertificateAgeSeconds: settings.maximumCertificateAgeSeconds
        )
    }
}

import Configuration
import PKITypes
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
        /// The files of lists, as they were read for this assembly or an earlier one.
        package let listFiles: [LoadedListFile]
        package let problems: [AssemblyProblem]
    }

    private let configuration: GatewayConfiguration
    private let knownProvers: Set<ListProver>
    private let listSource: ListSource
    private let devices: DeviceIndex

    /// - Parameter knownProvers: issuers whose certificates arrived with devices, and that proved lists before.
    package init(
        _ configuration: GatewayConfiguration, knownProvers: Set<ListProver>, lists: ListSource, devices: DeviceIndex
    ) {
        self.configuration = configuration
        self.knownProvers = knownProvers
        listSource = lists
        self.devices = devices
    }

    package func assemble(generation: UInt64, now: UnixSeconds) -> Assembly {
        var problems: [AssemblyProblem] = []
        let trust = configuration.trustAnchors.map { TrustMaterial($0, problems: &problems) }
        let listFiles = trust.flatMap { self.listFiles(of: $0, now: now, problems: &problems) }
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
                observations: configuration.listeners.reduce(into: [:]) { $0[$1.name] = $1.observation },
                revocation: RevocationIndex(lists: listFiles.flatMap(\.lists), proversTried: knownProvers.count),
                devices: devices,
                clockSkewSeconds: configuration.clockSkewSeconds
            )
        return Assembly(
            snapshot: snapshot,
            trust: Dictionary(uniqueKeysWithValues: trust.map { ($0.settings.name, $0) }),
            listFiles: listFiles,
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
            warnCertificateLifetimeSeconds: settings.warnCertificateLifetimeSeconds,
            maximumCertificateLifetimeSeconds: settings.maximumCertificateLifetimeSeconds,
            revocation: RevocationPolicy(unknownStatus: settings.unknownStatus, stale: settings.stale)
        )
    }

    fileprivate static func offsets(of hours: WeeklyHours) -> ZoneOffsets {
        guard let offsets = ZoneRules.offsets(ofZone: hours.zoneName) else {
            preconditionFailure("the configuration names a checked time zone: \(hours.text)")
        }
        return offsets
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
    private func listFiles(
        of material: TrustMaterial, now: UnixSeconds, problems: inout [AssemblyProblem]
    ) -> [LoadedListFile] {
        let problemsBefore = problems.count
        let read = material.settings.crlFiles.compactMap { load($0, anchorEntry: material.settings.name, problems: &problems) }
        let setBack = SetBackLists(read, listSource)
        let files = setBack.files
        problems += setBack.problems.filter { $0.severity == .error }
        let lists = files.flatMap(\.lists)
        // A file that cannot be read is already said; what it would hold is not known to be missing.
        let isComplete = problems.count == problemsBefore
        let examination = ListExamination(
            lists, of: material, provers: knownProvers, now: now, clockSkewSeconds: configuration.clockSkewSeconds
        )
        problems += lists.flatMap(examination.problems)
        problems += setBack.problems.filter { $0.severity == .warning }
        if isComplete { problems += MissingLists(lists, of: material).problems }
        return files
    }

    private func load(_ path: String, anchorEntry: String, problems: inout [AssemblyProblem]) -> LoadedListFile? {
        do {
            return try listSource.file(path, anchorEntry: anchorEntry)
        } catch {
            problems.append(.error(path, error.description))
            return nil
        }
    }
}

extension AccessPolicy {
    fileprivate convenience init(_ settings: PolicySettings) {
        self.init(
            name: settings.name,
            devices: settings.devices,
            identity: settings.identityPattern.map(SnapshotAssembler.pattern),
            listeners: Set(settings.listeners),
            networks: settings.networks,
            minimumTLSVersion: settings.minimumTLSVersion,
            warnCertificateAgeSeconds: settings.warnCertificateAgeSeconds,
            maximumCertificateAgeSeconds: settings.maximumCertificateAgeSeconds,
            hours: settings.hours.map { AccessHours($0, in: SnapshotAssembler.offsets(of: $0)) },
            posture: settings.posture,
            sessions: settings.sessions
        )
    }
}

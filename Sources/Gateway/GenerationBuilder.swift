import Configuration
import DataPlane
import EventLoop
import Logging
import PKITypes
import RevocationRefresh
import SignatureChecking
import SnapshotAssembly
import TLSTermination
import VerificationCore

/// The first phase of a start or a reload: everything new is built aside. Publishing what it made cannot fail.
struct GenerationBuilder {
    /// Everything that the second phase needs.
    struct Prepared {
        let configuration: GatewayConfiguration
        let resources: ListenerResources
        let addresses: UpstreamAddresses
        /// What each listener may hold: as configured, or less when the process may not have so many descriptors.
        let connections: [String: Int]
        let snapshot: VerificationSnapshot
        /// One a loop.
        let generations: [LoopGeneration]
        /// One a loop; the next generation takes over what it can.
        let contexts: [LoopContexts]
        /// The configuration as it was read, with its warnings.
        let reading: ConfigurationResult
        let ownCertificates: [ConfigurationExamination.OwnCertificate]
        let listFiles: [LoadedListFile]

        /// The same by the devices of now, as the next generation.
        ///
        /// - Parameter changed: the devices that are all that is new since the generation before; nil after a reload.
        func deciding(
            by devices: DeviceIndex, generation: UInt64, changed: SnapshotChange? = nil, now: UnixSeconds
        ) -> Prepared {
            let snapshot = snapshot.replacing(devices: devices, generation: generation)
            let publishedAt = MonotonicClock.nanoseconds()
            // Lists whose time came before were heard of by every loop.
            let moment = now + -1
            return Prepared(
                configuration: configuration,
                resources: resources,
                addresses: addresses,
                connections: connections,
                snapshot: snapshot,
                generations: generations.map {
                    LoopGeneration(
                        snapshot: snapshot, change: changed ?? $0.change,
                        comparedAt: changed == nil ? $0.comparedAt : moment, listeners: $0.listeners,
                        publishedAt: publishedAt)
                },
                contexts: contexts,
                reading: reading,
                ownCertificates: ownCertificates,
                listFiles: listFiles
            )
        }

        /// Who is here is decided by this; everything else stays as it is now.
        func decisions(after current: Prepared) -> Prepared {
            Prepared(
                configuration: configuration,
                resources: current.resources,
                addresses: current.addresses,
                connections: current.connections,
                snapshot: snapshot,
                generations: generations.map {
                    LoopGeneration(
                        snapshot: $0.snapshot, change: $0.change, comparedAt: $0.comparedAt, listeners: [],
                        publishedAt: $0.publishedAt)
                },
                contexts: current.contexts,
                reading: reading,
                ownCertificates: ownCertificates,
                listFiles: listFiles
            )
        }
    }

    /// How far what is built reaches.
    enum Scope {
        /// Sockets are opened and names resolved. Nil: the start.
        case everything(after: Prepared?)
        /// During a drain: nothing is opened and nobody is asked.
        case decisions(after: Prepared)
    }

    /// One a loop.
    let libraries: [CryptoLibrary]
    let knownProvers: Set<ListProver>
    let scope: Scope
    let devices: DeviceIndex
    let resolver: NameResolver
    /// What is kept of lists for the next start.
    let tables: TableDirectory?
    let logger: Logger
    /// For a start; a reload goes on with those of its predecessor.
    var firstSessions = SharedSessionStore()

    func build(file: String, generation: UInt64, now: UnixSeconds) throws(GatewayFailure) -> Prepared {
        let examined = try ConfigurationExamination(
            file: file,
            knownProvers: knownProvers,
            lists: lists,
            devices: { _ in devices },
            libraries: libraries,
            previous: previous?.contexts ?? [],
            generation: generation,
            now: now
        )
        guard let configuration = examined.reading.configuration, let snapshot = examined.snapshot else {
            throw .findings(examined.reading.findings)
        }
        let connections = DescriptorBudget(limit: Int(clamping: SystemCall.descriptorLimit().soft))
            .connections(Dictionary(uniqueKeysWithValues: configuration.listeners.map { ($0.name, $0.limits.connections) }))
        let (resources, addresses, plans) = try parts(configuration, examined.contexts, connections)
        let change = previous.map { snapshot.change(since: $0.snapshot, now: now) } ?? .none
        let publishedAt = MonotonicClock.nanoseconds()
        let generations = plans.map {
            LoopGeneration(snapshot: snapshot, change: change, comparedAt: now, listeners: $0, publishedAt: publishedAt)
        }
        return Prepared(
            configuration: configuration,
            resources: resources,
            addresses: addresses,
            connections: connections,
            snapshot: snapshot,
            generations: generations,
            contexts: examined.contexts,
            reading: examined.reading,
            ownCertificates: examined.ownCertificates,
            listFiles: examined.listFiles
        )
    }

    /// What the loops hold now; nil at the start.
    private var previous: Prepared? {
        switch scope {
        case .everything(let previous): previous
        case .decisions(let current): current
        }
    }

    /// Whoever waits for a large list sees that it is read.
    private var lists: ListSource {
        ListSource(known: previous?.listFiles ?? [], tables: tables) { [logger] report in
            logger.notice(
                "loading revocation list",
                metadata: ["file": "\(report.file)", "percent": "\(report.percent)", "entries": "\(report.entries)"]
            )
        }
    }

    /// What lies behind the listeners, and their plans for each loop.
    private func parts(
        _ configuration: GatewayConfiguration, _ contexts: [LoopContexts], _ connections: [String: Int]
    ) throws(GatewayFailure) -> (ListenerResources, UpstreamAddresses, [[ListenerPlan]]) {
        switch scope {
        case .decisions(let current): return (current.resources, current.addresses, contexts.map { _ in [] })
        case .everything(let previous):
            // Names are asked for here, where waiting harms nobody: no device waits at a new port meanwhile.
            let addresses = try (previous?.addresses ?? UpstreamAddresses()).renewed(for: configuration, by: resolver)
            let resources = try (previous?.resources ?? ListenerResources(sessions: firstSessions))
                .adapted(to: configuration, loops: libraries.count)
            let plans = contexts.enumerated().map { loop, contexts in
                configuration.listeners.map {
                    contexts.listener(
                        $0, configuration, resources, addresses,
                        connections: connections[$0.name] ?? $0.limits.connections, loop: loop
                    )
                }
            }
            return (resources, addresses, plans)
        }
    }
}

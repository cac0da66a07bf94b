import Configuration
import DataPlane
import FileSystem
import PKITypes
import RevocationRefresh
import SignatureChecking
import SnapshotAssembly
import TLSOrigination
import TLSStream
import VerificationCore
import X509

/// A configuration and every file that it names, read, understood and tried out, without touching the network. What is wrong
/// is a finding at the place where the configuration says it.
package struct ConfigurationExamination {
    /// The configuration as it was read, with what was found in it and in its files.
    package private(set) var reading: ConfigurationResult
    /// Nil when a finding is an error.
    let snapshot: VerificationSnapshot?
    /// By name of the trust anchor; none when the configuration has errors.
    let trust: [String: TrustMaterial]
    /// One a loop; none when a finding is an error.
    let contexts: [LoopContexts]
    let ownCertificates: [OwnCertificate]
    /// The files of lists, whose contents another examination need not read again.
    let listFiles: [LoadedListFile]
    let examinedAt: UnixSeconds

    /// A certificate that the gateway shows, for the expiry metric.
    struct OwnCertificate: Sendable {
        let file: String
        let notAfter: UnixSeconds
    }

    package enum RegistryUse: Sendable { case unread, read }

    /// As `pulsegate check` asks.
    ///
    /// - Parameters:
    ///   - registry: whether the devices of the state directory are read: `explain` decides about one.
    ///   - now: the moment that ages are measured at; nil is the present.
    package init(file: String, registry: RegistryUse = .unread, at now: UnixSeconds? = nil) throws(GatewayFailure) {
        try self.init(
            file: file, knownProvers: [], lists: ListSource(),
            devices: registry == .read ? Self.storedDevices : { _ in DeviceIndex() }, libraries: [CryptoLibrary()],
            previous: [], generation: 0, now: now ?? TrustedClock().wall
        )
    }

    init(
        file: String,
        knownProvers: Set<ListProver>,
        lists: ListSource,
        devices: (GatewayConfiguration) throws(GatewayFailure) -> DeviceIndex,
        libraries: [CryptoLibrary],
        previous: [LoopContexts],
        generation: UInt64,
        now: UnixSeconds
    ) throws(GatewayFailure) {
        examinedAt = now
        do { reading = try ConfigurationReader.read(file: file) } catch { throw .unreadable(error.description) }
        guard let configuration = reading.configuration else {
            (snapshot, trust, contexts, ownCertificates, listFiles) = (nil, [:], [], [], [])
            return
        }
        let assembly = SnapshotAssembler(
            configuration, knownProvers: knownProvers, lists: lists, devices: try devices(configuration)
        )
        .assemble(generation: generation, now: now)
        listFiles = assembly.listFiles
        for problem in assembly.problems {
            reading.add(problem.severity == .error ? .error : .warning, aboutFile: problem.file, problem.message)
        }
        var files = KeyFiles(reading: reading)
        let servers = files.serverKeys(configuration)
        let clients = files.clientSettings(configuration, library: libraries[0])
        reading = files.reading
        contexts =
            reading.hasErrors
            ? []
            : Self.contexts(configuration, assembly.trust, servers, clients, libraries, after: previous, &reading)
        snapshot = reading.hasErrors ? nil : assembly.snapshot
        trust = reading.hasErrors ? [:] : assembly.trust
        ownCertificates = Self.ownCertificates(configuration, servers, clients)
    }

    private static func contexts(
        _ configuration: GatewayConfiguration,
        _ trust: [String: TrustMaterial],
        _ servers: [String: [CertifiedKey]],
        _ clients: [String: TLSClientContext.Settings],
        _ libraries: [CryptoLibrary],
        after previous: [LoopContexts],
        _ reading: inout ConfigurationResult
    ) -> [LoopContexts] {
        var all: [LoopContexts] = []
        for (loop, library) in libraries.enumerated() {
            let before = previous.indices.contains(loop) ? previous[loop] : nil
            var contexts = LoopContexts()
            for listener in configuration.listeners {
                let material = listener.trust.compactMap { trust[$0] }
                do {
                    try contexts.addServer(listener, material, servers[listener.name] ?? [], library, after: before)
                } catch {
                    let files = listener.serverCertificates[error.position]
                    reading.add(.error, aboutFile: error.isAboutKey ? files.keyFile : files.chainFile, error.description)
                }
            }
            // Every loop would say the same.
            if reading.hasErrors { return [] }
            for (name, settings) in clients { contexts.addClient(name, settings, library, after: before) }
            all.append(contexts)
        }
        return all
    }

    /// Those shown to devices and those shown to upstreams.
    private static func ownCertificates(
        _ configuration: GatewayConfiguration,
        _ servers: [String: [CertifiedKey]],
        _ clients: [String: TLSClientContext.Settings]
    ) -> [OwnCertificate] {
        let shownToDevices = configuration.listeners.flatMap { Array(zip($0.serverCertificates, servers[$0.name] ?? [])) }
        let shownToUpstreams = configuration.upstreams.compactMap { upstream in
            upstream.tls?.certificate.flatMap { files in clients[upstream.name]?.certificate.map { (files, $0) } }
        }
        // Listeners and upstreams may share a file; a metric with the same labels twice would not be one.
        var seen: Set<String> = []
        return (shownToDevices + shownToUpstreams).compactMap { files, key in
            guard let der = try? PEM.objects(.certificates, in: key.chain).first, let leaf = try? Certificate(der: der) else {
                return nil
            }
            return OwnCertificate(file: files.chainFile, notAfter: leaf.validity.notAfter)
        }
        .filter { seen.insert($0.file).inserted }
    }
}

import DeviceRegistry
import EventLoop
import Gateway
import LabPKI
import SignatureChecking
import TLSOrigination

/// Everything that the scenes need: the laboratory's files, two platforms, and a gateway between them and the devices.
final class Stage: Sendable {
    /// A telemetry platform takes its time for each reading.
    private static let acknowledgementMilliseconds: Int32 = 5

    let directory: DemonstrationDirectory
    let pki: DemonstrationPKI
    let ledger = ReceivedLedger()
    let log = DecisionLog()
    let gateway: Gateway
    private let telemetryPlatform: PrintingUpstream
    private let imageArchive: PrintingUpstream

    init(_ settings: Demonstration.Settings) async throws(DemonstrationFailure) {
        directory = try DemonstrationDirectory()
        do { pki = try DemonstrationPKI(in: directory) } catch { throw .pki(error) }
        telemetryPlatform = try Self.platform(
            "telemetry platform", PortPlan.telemetryPlatform.port(base: settings.portBase),
            .everyLine(afterMilliseconds: Self.acknowledgementMilliseconds), ledger
        )
        do throws(DemonstrationFailure) {
            let port = PortPlan.imageArchive.port(base: settings.portBase)
            imageArchive = try Self.platform("image archive", port, .atTheEnd, ledger)
        } catch {
            telemetryPlatform.stop()
            throw error
        }
        let configuration = DemonstrationConfiguration(
            revocation: settings.revocation, portBase: settings.portBase, telemetryPlatform: telemetryPlatform.address,
            imageArchive: imageArchive.address
        )
        let file = directory.file(Self.configurationFile)
        do throws(DemonstrationFailure) {
            do { try LabFile.write(configuration.text, to: file, readers: .everyone) } catch { throw .pki(error) }
            do { gateway = try await Gateway.start(configurationFile: file, logger: log.logger) } catch { throw .gateway(error) }
        } catch {
            telemetryPlatform.stop()
            imageArchive.stop()
            throw error
        }
    }

    private static let configurationFile = "gateway.yaml"

    private static func platform(
        _ name: String, _ port: UInt16, _ answers: PrintingUpstream.Answers, _ ledger: ReceivedLedger
    ) throws(DemonstrationFailure) -> PrintingUpstream {
        do { return try PrintingUpstream(name, port: port, answers: answers, ledger: ledger) } catch {
            throw .platform(name, error)
        }
    }

    func address(of port: DemonstrationPort) -> SocketAddress { gateway.addresses(of: port.rawValue)[0] }

    /// What an operator would do with `pulsegate devices`. When it returns, the gateway's loops have been told.
    func change(_ body: (Registry) throws(RegistryFailure) -> Void) throws(DemonstrationFailure) {
        do { try gateway.changeRegistry(body) } catch { throw .registry(error) }
    }

    var telemetryAddress: SocketAddress { telemetryPlatform.address }

    func device(_ member: CastMember, at port: DemonstrationPort) throws(DemonstrationFailure) -> SimulatedDevice {
        try device(member, at: address(of: port))
    }

    func device(_ member: CastMember, at address: SocketAddress) throws(DemonstrationFailure) -> SimulatedDevice {
        let settings: TLSClientContext.Settings
        do {
            settings = .init(
                trustAnchors: try pki.trustAnchor(), serverName: "localhost", certificate: try pki.credential(of: member),
                versions: member.tlsVersions
            )
        } catch {
            throw .pki(error)
        }
        do {
            let context = try TLSClientContext(settings, library: CryptoLibrary())
            return SimulatedDevice(member: member, context: context, address: address)
        } catch {
            throw .device(member.name, error)
        }
    }

    /// What a visitor can be told of it.
    var playbill: Playbill {
        get async {
            Playbill(
                directory: directory.path,
                configurationFile: directory.file(Self.configurationFile),
                telemetryPort: address(of: .telemetry).description,
                imagingPort: address(of: .imaging).description,
                telemetryPlatform: telemetryPlatform.address.description,
                imageArchive: imageArchive.address.description,
                metricsPort: await gateway.metricsPort
            )
        }
    }

    /// Ends every thread and removes every file.
    func strike() async {
        await gateway.stop()
        telemetryPlatform.stop()
        imageArchive.stop()
        directory.remove()
    }
}

/// Where everything of a running demonstration is.
package struct Playbill: Sendable {
    package let directory: String
    package let configurationFile: String
    package let telemetryPort: String
    package let imagingPort: String
    package let telemetryPlatform: String
    package let imageArchive: String
    package let metricsPort: UInt16?
}

import Configuration
import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import SnapshotAssembly
import VerificationCore

/// The registry's part in a running gateway.
extension Gateway {
    package var registryPath: String { Self.registryPath(of: configuration) }

    static func registryPath(of configuration: GatewayConfiguration) -> String {
        configuration.stateDirectory + "/registry.sqlite"
    }

    /// What a person, or a program for one, changes. When it returns, the loops have been told.
    package func changeRegistry<Value>(
        _ body: (Registry) throws(RegistryFailure) -> Value
    ) throws(RegistryFailure) -> Value {
        try desk.change(body)
    }

    static func registryDesk(
        of configuration: GatewayConfiguration, _ clock: TrustedClock, _ logger: Logger
    ) throws(GatewayFailure) -> RegistryDesk {
        do throws(StoreFailure) {
            let store = try SQLiteDeviceStore(path: registryPath(of: configuration))
            return try RegistryDesk(store, policy: CredentialPolicy(configuration.registry), clock: clock, logger: logger)
        } catch {
            throw .system("registry: \(error)")
        }
    }

    /// From here on the loops get answers, and hear of every change.
    func openRegistry() {
        desk.open(
            publish: { [weak self] devices, changed in
                self?.publish(devices, changed: changed)
                self?.hooks.ring()
            },
            answer: { [weak self] decision, answer in self?.dataPlane.answer(decision, answer) }
        )
    }

    /// A generation of its own, and no reload: nothing is read, nobody but the devices that changed is decided again.
    private func publish(_ devices: DeviceIndex, changed: SnapshotChange) {
        state.withLock { state in
            guard state.phase != .stopped else { return }
            let next = state.prepared.deciding(
                by: devices, generation: state.prepared.snapshot.generation + 1, changed: changed,
                now: clockKeeper.clock.now)
            state.prepared = next
            dataPlane.publish(next.generations)
        }
    }
}

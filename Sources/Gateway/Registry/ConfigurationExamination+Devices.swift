import Configuration
import DataPlane
import DeviceRegistry
import Glibc
import SnapshotAssembly
import VerificationCore

extension ConfigurationExamination {
    /// As they stand in the state directory now; none where no gateway has run.
    static func storedDevices(of configuration: GatewayConfiguration) throws(GatewayFailure) -> DeviceIndex {
        let path = Gateway.registryPath(of: configuration)
        guard access(path, F_OK) == 0 else { return DeviceIndex() }
        do throws(StoreFailure) {
            let store = try SQLiteDeviceStore(path: path, examination: .none)
            return try DeviceView(of: store, policy: CredentialPolicy(configuration.registry), at: TrustedClock().wall).index
        } catch {
            throw .system("registry: \(error)")
        }
    }
}

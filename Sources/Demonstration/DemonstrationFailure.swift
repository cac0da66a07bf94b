import DeviceRegistry
import EventLoop
import Gateway
import LabPKI
import TLSOrigination

/// Why the demonstration cannot be shown at all. A scene that ends otherwise than told is a ``SceneResult``.
package enum DemonstrationFailure: Error, Sendable, CustomStringConvertible {
    case noTemporaryDirectory(parent: String, errno: Int32)
    case pki(LabPKIFailure)
    case gateway(GatewayFailure)
    case registry(RegistryFailure)
    case device(String, TLSClientContext.Failure)
    /// A platform of the demonstration cannot listen.
    case platform(String, SystemCallFailure)
    /// A peer to compare with.
    case peer(String, String)

    package var description: String {
        switch self {
        case .noTemporaryDirectory(let parent, let errno):
            "no temporary directory in \(parent): \(SystemCallFailure.text(of: errno))"
        case .pki(let failure): "laboratory CA: \(failure)"
        case .gateway(let failure): "the gateway does not start: \(failure)"
        case .registry(let failure): "the registry: \(failure)"
        case .device(let name, let failure): "\(name): \(failure)"
        case .peer(let name, let cause): "\(name): \(cause)"
        case .platform(let name, let failure): "\(name) cannot listen: \(failure)"
        }
    }
}

import AdminAPI
import Configuration
import Synchronization

/// The gateway, for what is made before it is: a port in use is found before anything else is open. It is kept by nobody here.
final class DeferredGateway: Sendable {
    private let gateway = Mutex<WeakGateway>(WeakGateway())

    private struct WeakGateway { weak var value: Gateway? }

    func attach(_ gateway: Gateway) { self.gateway.withLock { $0.value = gateway } }

    var operations: OperationsView {
        OperationsView(
            metrics: { [self] in current?.metricsPage() ?? .init() },
            readiness: { [self] in current?.readiness() ?? .notReady("starting") }
        )
    }

    /// Those of the configuration of now.
    var hooks: [HookSettings] { current?.configuration.registry.hooks ?? [] }

    private var current: Gateway? { gateway.withLock { $0.value } }
}

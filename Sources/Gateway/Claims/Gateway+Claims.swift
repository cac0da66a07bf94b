import Configuration
import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import VerificationCore

extension Gateway {
    /// From here on newcomers get answers.
    func openClaims() {
        claims.open(
            SessionClaims.Ways(
                tell: { [weak self] order in self?.dataPlane.tell(order) },
                quarantine: { [weak self] identity, finding in self?.quarantineClone(identity, finding) },
                secondNetwork: { [weak self] policy, listener in self?.answer(toSecondNetworkBy: policy, at: listener) ?? .alarm }
            ))
    }

    /// By the configuration in force. A listener that only reports what policies say sends nobody away.
    private func answer(toSecondNetworkBy policy: String, at listener: String) -> SecondNetworkAnswer {
        let prepared = state.withLock { $0.prepared }
        let answer = prepared.configuration.policies.first { $0.name == policy }?.secondNetwork ?? .alarm
        guard answer == .quarantine else { return answer }
        return prepared.snapshot.observes(.policy, on: listener, at: clockKeeper.clock.now) ? .alarm : .quarantine
    }

    private func quarantineClone(_ identity: DeviceIdentity, _ finding: CloneAlarm.Finding) {
        let context = CommandContext(actor: .gateway, reason: finding.sentence, time: clockKeeper.clock.now)
        do throws(RegistryFailure) {
            try changeRegistry { registry throws(RegistryFailure) in
                _ = try registry.perform(.quarantine, on: identity, context)
            }
        } catch {
            // A person, or another alarm, was faster.
            if case .lifecycle = error { return }
            logger.error(
                "a suspected clone is not quarantined", metadata: ["device": "\(identity)", "cause": "\(error)"])
        }
    }
}

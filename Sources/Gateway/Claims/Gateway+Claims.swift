import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import VerificationCore

extension Gateway {
    /// From here on newcomers get answers.
    func openClaims() {
        claims.open(
            tell: { [weak self] order in self?.dataPlane.tell(order) },
            quarantine: { [weak self] identity in self?.quarantineClone(identity) }
        )
    }

    private func quarantineClone(_ identity: DeviceIdentity) {
        let context = CommandContext(actor: .gateway, reason: "concurrent sessions", time: clockKeeper.clock.now)
        do throws(RegistryFailure) {
            try changeRegistry { registry throws(RegistryFailure) in
                _ = try registry.perform(.quarantine, on: identity, context)
            }
        } catch {
            logger.error(
                "a suspected clone is not quarantined", metadata: ["device": "\(identity)", "cause": "\(error)"])
        }
    }
}

import DataPlane
import DeviceRegistry
import Logging
import PKITypes
import VerificationCore

/// What revocation lists say of registered credentials becomes a fact of the registry: an older list, or one that names a
/// certificate no more, revives nothing that was not on hold.
extension Gateway {
    /// Off the loops and beside the registry's own queue, which only hears of what changed.
    func recordRevocations(by snapshot: VerificationSnapshot) {
        credentials.async { [self] in
            do throws(RegistryFailure) {
                for (identity, event) in try revocationEvents(by: snapshot) { try record(event, of: identity) }
            } catch {
                logger.error("revocations are not recorded in the registry", metadata: ["cause": "\(error)"])
            }
        }
    }

    private func record(_ event: LifecycleEvent, of identity: DeviceIdentity) throws(RegistryFailure) {
        do throws(RegistryFailure) {
            let step = try changeRegistry { registry throws(RegistryFailure) in
                try registry.apply(event, to: identity, by: .gateway, at: clockKeeper.clock.now)
            }
            var facts: Logger.Metadata = ["identity": "\(identity)", "event": "\(event.name)"]
            if let transition = step.transition {
                facts["from"] = "\(transition.from.name)"
                facts["to"] = "\(transition.to.name)"
            }
            logger.warning("a revocation list changes a registered credential", metadata: facts)
        } catch {
            // A person, or a newer list, was faster.
            guard case .lifecycle = error else { throw error }
        }
    }

    private func revocationEvents(
        by snapshot: VerificationSnapshot
    ) throws(RegistryFailure) -> [(DeviceIdentity, LifecycleEvent)] {
        var events: [(DeviceIdentity, LifecycleEvent)] = []
        let now = clockKeeper.clock.now
        do throws(StoreFailure) {
            try desk.registry.store.forEachEntry { entry in
                for credential in entry.credentials {
                    guard let event = Self.event(credential, snapshot, now: now) else { continue }
                    events.append((entry.identity, event))
                }
            }
        } catch {
            throw .store(error)
        }
        return events
    }

    private static func event(
        _ credential: DecisionEntry.BoundCredential, _ snapshot: VerificationSnapshot, now: UnixSeconds
    ) -> LifecycleEvent? {
        switch status(of: credential.id, snapshot, now: now) {
        case .revoked(let entry, let list):
            if case .dead(.revoked(let reason, _)) = credential.standing, reason != .certificateHold || reason == entry.reason {
                return nil
            }
            if case .dead(.deviceRetired) = credential.standing { return nil }
            return .revoke(credential.id, entry.reason, listIssued: list.facts.thisUpdate)
        case .good(let list):
            guard case .dead(.revoked(.certificateHold, let held)) = credential.standing, list.facts.thisUpdate > held else {
                return nil
            }
            return .liftHold(credential.id, listIssued: list.facts.thisUpdate)
        case .stale, .unconfirmed, .unknown: return nil
        }
    }

    /// As of a certificate of a device that names no distribution points: those that do are heard of when they come.
    static func status(
        of credential: CredentialID, _ snapshot: VerificationSnapshot, now: UnixSeconds
    ) -> RevocationStatus {
        let certificate = PathCertificate(
            issuer: credential.issuer, serial: credential.serial, namesRevocationSource: false, isAuthority: false,
            distributionPoints: [])
        func asked() -> RevocationStatus {
            snapshot.revocation.status(
                of: certificate, under: credential.anchorEntry, now: now, clockSkewSeconds: snapshot.clockSkewSeconds)
        }
        var status = asked()
        // A false match in the table may stand before the right record.
        for _ in 0..<recordFetches {
            guard case .unconfirmed(let record, _) = status else { break }
            record.fetch()
            status = asked()
        }
        return status
    }

    private static let recordFetches = 8
}

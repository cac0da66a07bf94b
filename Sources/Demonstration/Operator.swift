import DeviceRegistry
import Glibc
import PKITypes

/// Whoever keeps the registry, as with `pulsegate devices`.
struct Operator: Sendable {
    private static let actor = Actor.person("demonstration")

    let stage: Stage

    func perform(_ change: Scene.RegistryChange, on member: CastMember) throws(DemonstrationFailure) {
        switch change {
        case .enroll:
            let record = DeviceRecord(identity: member.deviceIdentity, enrolledAt: now, enrolledBy: Self.actor)
            try stage.change { registry throws(RegistryFailure) in try registry.enroll(record) }
        case .rotate: try command(.rotate, member, "its certificate is renewed")
        }
    }

    func retire(_ member: CastMember) throws(DemonstrationFailure) { try command(.retire, member, "it leaves the hospital") }

    private func command(_ command: DeviceCommand, _ member: CastMember, _ reason: String) throws(DemonstrationFailure) {
        let context = CommandContext(actor: Self.actor, reason: reason, time: now)
        try stage.change { registry throws(RegistryFailure) in
            _ = try registry.perform(command, on: member.deviceIdentity, context)
        }
    }

    private var now: UnixSeconds { UnixSeconds(Int64(time(nil))) }
}

extension CastMember {
    fileprivate var deviceIdentity: DeviceIdentity { DeviceIdentity(text: identity) }
}

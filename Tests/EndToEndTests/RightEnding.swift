import DeviceRegistry
import GatewayTesting
import LabPKI
import PKITypes

/// What ends a device's right to be connected, and how that reads.
enum RightEnding: String, CaseIterable, Sendable {
    case revoked, retired, denied, authorityRemoved, expired

    /// Of sessions that are cut, and of refusals later.
    var reason: String {
        switch self {
        case .revoked: "revoked"
        case .retired: "device-retired"
        case .denied: "no-policy"
        case .authorityRemoved: "unknown-ca"
        case .expired: "expired"
        }
    }

    var alert: UInt8 {
        switch self {
        case .revoked, .retired: 44
        case .denied: 46
        case .authorityRemoved: 48
        case .expired: 45
        }
    }

    static let identity = DeviceIdentity(text: "urn:hospital:device:pump:1")
    /// What is to happen in one's last seconds has to fit into them, on a busy machine, too.
    private static let secondsToLive: Int64 = 8

    /// A certificate of ``identity``, which does not last where time is what ends the right.
    func certificate(of pki: DevicePKI) throws -> LabCertificate {
        try pki.issuing.issueDevice(Self.identity.text) {
            let now = LabTime.now()
            if self == .expired { $0.validity = Validity(notBefore: now + -60, notAfter: now + Self.secondsToLive) }
        }
    }

    /// The device is registered, whatever its policy asks.
    static func enroll(in fixture: GatewayFixture) throws {
        let actor = Actor.person("test")
        try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
            try registry.enroll(DeviceRecord(identity: identity, enrolledAt: LabTime.now(), enrolledBy: actor))
        }
    }

    /// Returns when the gateway knows.
    func happen(to certificate: LabCertificate, in fixture: GatewayFixture) async throws {
        switch self {
        case .revoked: try fixture.revoke([LabRevokedEntry(certificate)])
        case .retired:
            let context = CommandContext(actor: .person("test"), reason: "a test", time: LabTime.now())
            _ = try fixture.gateway.changeRegistry { registry throws(RegistryFailure) in
                try registry.perform(.retire, on: Self.identity, context)
            }
        case .denied:
            fixture.rewriteConfiguration(
                fixture.site.text.replacing(
                    "identity: \"urn:hospital:device:**\"", by: "identity: \"urn:hospital:device:monitor:*\""))
            _ = try fixture.gateway.reload().get()
        case .authorityRemoved:
            try DevicePKI().writeAuthorities(to: fixture.directory)
            _ = try fixture.gateway.reload().get()
        case .expired:
            while LabTime.now() <= certificate.validity.notAfter { try await Task.sleep(for: .milliseconds(100)) }
        }
    }
}

import Configuration
import DeviceRegistry

extension CredentialPolicy {
    init(_ settings: RegistrySettings) {
        self.init(
            firstUse: settings.firstUse,
            keyUnderTwoIdentities: settings.keyUnderTwoIdentities,
            unknownKey: settings.unknownKey,
            supersededReturned: settings.supersededReturned,
            renewedWithSameKey: settings.renewedWithSameKey,
            overlapSeconds: settings.overlapSeconds
        )
    }
}

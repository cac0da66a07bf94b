import Configuration
import DeviceRegistry

extension CredentialPolicy {
    init(_ settings: RegistrySettings) {
        self.init(
            firstUse: FirstUse(settings.firstUse),
            keyUnderTwoIdentities: Answer(settings.keyUnderTwoIdentities),
            unknownKey: Answer(settings.unknownKey),
            supersededReturned: Answer(settings.supersededReturned),
            renewedWithSameKey: Answer(settings.renewedWithSameKey),
            overlapSeconds: settings.overlapSeconds
        )
    }
}

extension CredentialPolicy.FirstUse {
    fileprivate init(_ settings: RegistrySettings.FirstUse) {
        self =
            switch settings {
            case .mustBePreRegistered: .mustBePreRegistered
            case .binds: .binds
            }
    }
}

extension CredentialPolicy.Answer {
    fileprivate init(_ settings: RegistrySettings.Answer) {
        self =
            switch settings {
            case .quarantine: .quarantine
            case .refuse: .refuse
            case .alarm: .alarm
            }
    }
}

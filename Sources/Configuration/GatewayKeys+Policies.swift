import PKITypes
import VerificationCore

/// The keys of policies.
extension GatewayKeys {
    static let policy: [ConfigurationKey] = [
        .init("name", .name, example: "infusion-pumps", "Stands in logs and explanations; each name once."),
        .init("when", .mapping(selection), .ofItsKeys, "Which connections this policy decides; absent keys match all."),
        .init(
            "devices", words(AccessPolicy.Devices.allCases), .value("registered"),
            "registered: the registry must know the device and its credential; enrolment: also with a certificate that never "
                + "ends; any: the CA's word is enough."
        ),
        .init(
            "require", .mapping(requirement), .ofItsKeys,
            "What must hold; a failed requirement refuses, no later policy is asked."),
        .init(
            "sessions", .mapping(sessionLimit), .absent(meaning: "any number"),
            "How many live sessions one identity may have, on all listeners and loops together."),
        .init(
            "second_network", words(SecondNetworkAnswer.allCases), .value("alarm"),
            "A certificate that is in use in two networks (/24, /64), or was within 30 s: quarantine the device, alarm, or "
                + "ignore it (devices that roam)."
        ),
        .later("mqtt", "Client id and topics that the identity may use."),
    ]

    private static let selection: [ConfigurationKey] = [
        .init(
            "identity", .identityPattern, .absent(meaning: "matches every identity"),
            example: "\"urn:hospital:device:pump:{serial}\"",
            "Pattern over the identity: * matches one segment, {name} captures one, ** at the end matches any rest."
        ),
        .init(
            "listeners", .list(.reference(.listeners), atLeast: 1), .absent(meaning: "matches every listener"),
            example: "[devices]",
            "Listeners that the device connected to."
        ),
    ]

    private static let requirement: [ConfigurationKey] = [
        .init(
            "networks", .list(.network, atLeast: 1), .absent(meaning: "allows every network"), example: "[10.20.0.0/16]",
            "Networks that the device may connect from."
        ),
        .init(
            "min_tls", words(TLSVersion.allCases), .absent(meaning: "whatever the listener's profile allows"), example: "TLSv1.2",
            "Oldest TLS version."
        ),
        .init("max_certificate_age", .mapping(certificateAge), .ofItsKeys, "Time since the certificate's notBefore."),
        .init(
            "between", .hours, .absent(meaning: "any time"), example: "\"Mon-Fri 07:00-19:00\"",
            "Hours in local time, or in the zone named last; `granted`: what `devices grant` gave the device."
        ),
        .init(
            "posture", .attributes, .absent(meaning: "asks for nothing"), example: "{ firmware: \">=4.2\" }",
            "Attributes of the device's registry record: text, or = != < <= > >= and a version; missing is not met."
        ),
    ]

    private static let sessionLimit: [ConfigurationKey] = [
        .init("max", .count(1...1_000), example: "1", "Sessions of one identity at a time."),
        .init(
            "on_conflict", words(SessionLimit.Conflict.allCases), .value("probe-old"),
            "refuse: the newcomer goes; probe-old: it comes in when an old one gives no sign of life within 3 s; "
                + "replace-old: the oldest goes; quarantine: all go."
        ),
    ]

    private static let certificateAge: [ConfigurationKey] = [
        .init(
            "warn", .duration(3_600...3_153_600_000), .absent(meaning: "no warning"), example: "300d",
            "From this age on it is logged."),
        .init(
            "refuse", .duration(3_600...3_153_600_000), .absent(meaning: "any age"), example: "365d",
            "From this age on it is refused."),
    ]
}

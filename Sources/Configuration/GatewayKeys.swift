import PKITypes
import VerificationCore

/// The one table of keys: the configuration of the contract, with what this version has of it.
enum GatewayKeys {
    static let root: [ConfigurationKey] = [
        .init(
            "state_directory", .directory, .value("/var/lib/pulsegate"), reload: .restart,
            "Where the gateway keeps what it writes; relative paths of written files start here."
        ),
        .init("workers", .count(1...256, or: ["auto"]), .value("auto"), reload: .restart, "Loop threads; auto is one per core."),
        .init("trust_anchors", .named(.trustAnchors, trustAnchor), "Certification authorities that vouch for devices."),
        .init("listeners", .named(.listeners, listener), "Where devices connect; one server identity and one trust set each."),
        .init("upstreams", .named(.upstreams, upstream), "Where admitted sessions go."),
        .init(
            "policies", .list(.mapping(policy), atLeast: 1), example: "[{ name: all, devices: any }]",
            "The first policy whose `when` matches decides; none matches: refused."),
        .init("registry", .mapping(registry), .ofItsKeys, "The devices that are known, in the state directory."),
        .init(
            "change_guard", .mapping(changeGuard), .ofItsKeys,
            "How much a reload may do before it is held and a person is asked; what is done to devices by name is never held."
        ),
        .init("admin", .mapping(admin), .ofItsKeys, "The admin API, which the command line uses."),
        .init("metrics", .mapping(metrics), .absent(meaning: "not served"), "Prometheus metrics, /healthz and /readyz."),
        .later("audit", "The hash-chained audit trail."),
        .init("log", .mapping(log), .ofItsKeys, "Logs on standard error."),
        .init("shutdown", .mapping(shutdown), .ofItsKeys, "What SIGTERM does."),
        .init(
            "clock_skew", .duration(0...3_600), .value("5m"),
            "How far in the future a revocation list's thisUpdate may lie; certificates get no such leeway."
        ),
    ]

    private static let changeGuard: [ConfigurationKey] = [
        .init(
            "max_sessions_cut", .share(0...1_000_000, or: ["none"]), .value("5%"),
            "Live sessions that one reload may end; a percentage holds nothing while there are fewer than 100."
        ),
        .init(
            "max_devices_refused", .share(0...1_000_000, or: ["none"]), .value("5%"),
            "Registered devices whose certificates the lists of one reload may newly revoke; a percentage as above."
        ),
    ]

    private static let metrics: [ConfigurationKey] = [
        .init(
            "bind", .bind, reload: .restart, example: "\"127.0.0.1:9464\"",
            "Address of the HTTP server; it has no authentication.")
    ]

    private static let log: [ConfigurationKey] = [
        .init("format", words(LogSettings.Format.allCases), .value("json"), "One JSON object a line, or text for people."),
        .init("level", words(LogSettings.Level.allCases), .value("info"), "The least important level that is written."),
    ]

    private static let registry: [ConfigurationKey] = [
        .init("store", words(["sqlite"], later: ["etcd"]), .value("sqlite"), reload: .restart, "Where the records are kept."),
        .init("credentials", .mapping(credentials), .ofItsKeys, "Which certificates a known device may use."),
        .init(
            "hooks", .list(.mapping(hook), atLeast: 0), .value("[]"),
            "Who else is told when a device changes its state: called until it works, with receipts in `devices show`."),
    ]

    private static let hook: [ConfigurationKey] = [
        .init("name", .name, example: "broker-purge", "Stands in receipts, logs and metrics; each name once."),
        .init(
            "on", .list(words(DeviceState.allCases.map(\.name)), atLeast: 1), example: "[retired]",
            "The states that a device comes into."),
        .init(
            "webhook", .webURL, .absent(meaning: "exec is called"), example: "\"http://127.0.0.1:9900/purge\"",
            "Where the step is sent, as JSON by POST; an answer of 2xx is a success."),
        .init(
            "exec", .list(.text, atLeast: 1), .absent(meaning: "the webhook is called"),
            "A program and its arguments, called without a shell with the step on its standard input; exit code 0 is a success."),
        .init("timeout", .duration(1...300), .value("10s"), "How long a call may take."),
        .init("attempts", .count(1...1_000), .value("20"), "Calls, ever further apart up to an hour, before it is given up."),
    ]

    private static let admin: [ConfigurationKey] = [
        .init(
            "bind", .unixSocket, .absent(meaning: "unix:admin.sock in the state directory"), reload: .restart,
            example: "\"unix:admin.sock\"", "Its unix socket, mode 0600: who can open it may do everything.")
    ]

    private static let credentials: [ConfigurationKey] = [
        .init(
            "first_use", words(FirstUse.allCases), .value("binds"), reload: .restart,
            "A device's first certificate: bound to it, or refused unless its key was registered before."
        ),
        .init(
            "unknown_key", words(FindingAnswer.allCases), .value("refuse"), reload: .restart,
            "A key that nobody announced, of a device that has another."
        ),
        .init(
            "superseded_returned", words(FindingAnswer.allCases), .value("refuse"), reload: .restart,
            "A certificate whose successor is in use: somebody kept a copy."
        ),
        .init(
            "key_under_two_identities", words(FindingAnswer.allCases), .value("refuse"), reload: .restart,
            "A key that belongs to another device."
        ),
        .init(
            "renewed_with_same_key", words(FindingAnswer.allCases), .value("alarm"), reload: .restart,
            "A new certificate for the key of the one before."
        ),
        .init(
            "overlap", .duration(0...31_536_000), .value("7d"), reload: .restart,
            "How long the certificate before stays good once its successor was used."
        ),
    ]

    private static let shutdown: [ConfigurationKey] = [
        .init("drain", .duration(0...3_600), .value("30s"), "How long live sessions may go on after SIGTERM.")
    ]

    private static let trustAnchor: [ConfigurationKey] = [
        .init(
            "certificates", .list(.file(.trustAnchors), atLeast: 1), example: "[pki/device-root.pem]",
            "PEM files; each certificate in them is a trust anchor."
        ),
        .init(
            "intermediates", .list(.file(.intermediates), atLeast: 0), .value("[]"),
            "PEM files that complete chains which devices send without them; untrusted."
        ),
        .init(
            "identity", words(IdentitySource.allCases), .value("san-uri"),
            "Where in the certificate the device's identity stands."),
        .init(
            "vouches_for", .list(.identityPattern, atLeast: 1),
            .absent(meaning: "every identity; required when a listener trusts more than one anchor"),
            example: "[\"urn:hospital:device:**\"]", "Identities that this anchor may speak for."
        ),
        .init(
            "max_certificate_lifetime", .shorthand(for: "refuse", certificateLifetime), .ofItsKeys,
            "Time from notBefore to notAfter of a device's certificate."
        ),
        .init("revocation", .mapping(revocation), .ofItsKeys, "How it is known that a certificate was revoked."),
    ]

    private static let certificateLifetime: [ConfigurationKey] = [
        .init(
            "warn", .duration(86_400...3_153_600_000), .absent(meaning: "no warning"), example: "398d",
            "One that is issued for longer is logged."),
        .init(
            "refuse", .duration(86_400...3_153_600_000), .value("825d"), "One that is issued for longer is refused."),
    ]

    private static let revocation: [ConfigurationKey] = [
        .init(
            "crls", .list(.mapping(revocationSource), atLeast: 0), .value("[]"),
            "Revocation lists, one entry a file; every certificate below the anchor needs one that covers it."
        ),
        .init("ocsp", .mapping(onlineStatus), .ofItsKeys, "Online certificate status."),
        .init("urls_in_certificates", .mapping(embeddedLocations), .ofItsKeys, "Distribution points that certificates name."),
        .init(
            "unknown", words(UnknownStatusPolicy.allCases), .value("refuse"),
            "A certificate that no list covers: refuse it, or admit it as if it were good."
        ),
        .init("stale", .mapping(staleList), .ofItsKeys, "A list past its nextUpdate."),
    ]

    private static let revocationSource: [ConfigurationKey] = [
        .init("file", .file(.certificateRevocationList), example: "pki/root.crl", "PEM or DER; read at start and at reload."),
        .later("url", "Where the list is fetched."),
        .later("every", "How often the list is fetched."),
    ]

    private static let onlineStatus: [ConfigurationKey] = [
        .init("use", words(["never"], later: ["prefer", "require"]), .value("never"), "Whether responders are asked."),
        .init("scope", words(["leaf"]), .value("leaf"), "Which certificates responders are asked about."),
        .init("timeout", .duration(1...60), .value("3s"), "How long an answer may take."),
        .later("responder", "The responder that is asked instead of the one that certificates name."),
    ]

    private static let embeddedLocations: [ConfigurationKey] = [
        .init("follow", words(["never"], later: ["allowed-only"]), .value("never"), "Whether they are fetched."),
        .defaultOnly("allow", .list(.text, atLeast: 0), "[]", "Locations that may be fetched."),
    ]

    private static let staleList: [ConfigurationKey] = [
        .init(
            "warn_before", .duration(0...7_776_000), .value("12h"),
            "How long before nextUpdate every start, reload and `check` warns of a list."
        ),
        .init("grace", .duration(0...2_592_000), .value("24h"), "How long after nextUpdate `admit` may still admit."),
        .init(
            "admit", words(["none", "all"], later: ["returning-credentials"]), .value("none"),
            "Which devices may connect within the grace."
        ),
        .init(
            "live_sessions", words(["keep", "close"]), .value("keep"),
            "What happens to sessions admitted while the list was fresh."),
    ]

    static func words<Choice: RawRepresentable<String>>(_ choices: [Choice]) -> ValueKind { words(choices.map(\.rawValue)) }

    static func words(_ available: [String], later: [String] = []) -> ValueKind {
        .word(available.map { .init(word: $0, isAvailable: true) } + later.map { .init(word: $0, isAvailable: false) })
    }
}

import PKITypes
import VerificationCore

/// Turns checked settings into the configuration. It runs only after a walk without errors, so a value that is not
/// there is a fault of the table of keys, not of the file.
struct ConfigurationBuilder {
    private let root: SettingMapping

    init(_ root: SettingMapping) { self.root = root }

    func configuration() -> GatewayConfiguration {
        GatewayConfiguration(
            stateDirectory: root.needed("state_directory", \.text),
            workers: root["workers"]?.count.map(Int.init),
            trustAnchors: root.needed("trust_anchors", \.mapping).entries.map { trustAnchor($0.name, $0.settings) },
            listeners: root.needed("listeners", \.mapping).entries.map { listener($0.name, $0.settings) },
            upstreams: root.needed("upstreams", \.mapping).entries.map { upstream($0.name, $0.settings) },
            policies: root.list("policies").compactMap(\.mapping).map(policy),
            adminSocket: adminSocket(root.needed("admin", \.mapping)),
            metricsBind: root.mapping("metrics")?["bind"]?.bind,
            log: log(root.needed("log", \.mapping)),
            registry: registry(root.needed("registry", \.mapping)),
            changeGuard: changeGuard(root.needed("change_guard", \.mapping)),
            shutdownDrainSeconds: root.needed("shutdown", \.mapping).needed("drain", \.seconds),
            clockSkewSeconds: root.needed("clock_skew", \.seconds)
        )
    }

    private func trustAnchor(_ name: String, _ settings: SettingMapping) -> TrustAnchorSettings {
        let revocation = settings.needed("revocation", \.mapping)
        let stale = revocation.needed("stale", \.mapping)
        let lifetime = settings.needed("max_certificate_lifetime", \.mapping)
        return TrustAnchorSettings(
            name: name,
            certificateFiles: settings.texts("certificates"),
            intermediateFiles: settings.texts("intermediates"),
            identity: settings.word("identity"),
            vouchesFor: settings.texts("vouches_for"),
            warnCertificateLifetimeSeconds: lifetime.seconds("warn"),
            maximumCertificateLifetimeSeconds: lifetime.needed("refuse", \.seconds),
            crlFiles: revocation.list("crls").compactMap { $0.mapping?.text("file") },
            unknownStatus: revocation.word("unknown"),
            stale: StaleListPolicy(
                admit: stale.word("admit"),
                liveSessions: stale.word("live_sessions"),
                graceSeconds: stale.needed("grace", \.seconds),
                warnBeforeSeconds: stale.needed("warn_before", \.seconds)
            )
        )
    }

    private func listener(_ name: String, _ settings: SettingMapping) -> ListenerSettings {
        let timeouts = settings.needed("timeouts", \.mapping)
        let limits = settings.needed("limits", \.mapping)
        return ListenerSettings(
            name: name,
            bind: settings.list("bind").compactMap(\.bind),
            serverCertificates: settings.list("server_certificates").compactMap(\.mapping).map(certificateFiles),
            trust: settings.texts("trust"),
            profile: settings.word("tls_profile"),
            keyPurposes: settings.texts("extended_key_usage"),
            alpn: settings.texts("alpn"),
            resumption: settings.word("resumption"),
            observation: settings.mapping("observe").map { observe in
                Observation(
                    checks: Set(observe.texts("checks").compactMap(Observation.Check.init(rawValue:))),
                    until: observe.needed("until", \.moment)
                )
            },
            timeouts: TimeoutSettings(
                handshakeSeconds: timeouts.needed("handshake", \.seconds),
                connectSeconds: timeouts.needed("connect", \.seconds),
                idleSeconds: timeouts.seconds("idle"),
                deadPeerSeconds: timeouts.seconds("dead_peer"),
                sessionSeconds: timeouts.seconds("session")
            ),
            limits: LimitSettings(
                connections: Int(limits.needed("connections", \.count)),
                handshakesInFlight: Int(limits.needed("handshakes_in_flight", \.count)),
                chainDepth: Int(limits.needed("chain_depth", \.count)),
                chainBytes: Int(limits.needed("chain_bytes", \.bytes))
            ),
            upstream: settings.needed("upstream", \.text)
        )
    }

    private func certificateFiles(_ settings: SettingMapping) -> CertificateFiles {
        CertificateFiles(chainFile: settings.needed("chain", \.text), keyFile: settings.needed("key", \.text))
    }

    private func upstream(_ name: String, _ settings: SettingMapping) -> UpstreamSettings {
        UpstreamSettings(
            name: name,
            addresses: settings.list("addresses").compactMap(\.upstreamAddress),
            tls: settings.mapping("tls").map { tls in
                UpstreamTLSSettings(
                    trustFile: tls.needed("trust", \.text),
                    serverName: tls.needed("name", \.text),
                    certificate: tls.mapping("certificate").map(certificateFiles)
                )
            },
            identity: settings.word("identity")
        )
    }

    private func policy(_ settings: SettingMapping) -> PolicySettings {
        let selection = settings.needed("when", \.mapping)
        let requirement = settings.needed("require", \.mapping)
        let age = requirement.needed("max_certificate_age", \.mapping)
        return PolicySettings(
            name: settings.needed("name", \.text),
            devices: settings.word("devices"),
            identityPattern: selection.text("identity"),
            listeners: selection.texts("listeners"),
            networks: requirement.list("networks").compactMap(\.network),
            minimumTLSVersion: requirement.text("min_tls").flatMap(TLSVersion.init(rawValue:)),
            warnCertificateAgeSeconds: age.seconds("warn"),
            maximumCertificateAgeSeconds: age.seconds("refuse"),
            hours: requirement.text("between").flatMap { try? WeeklyHours($0) },
            posture: (requirement.mapping("posture")?.entries ?? []).compactMap { entry in
                entry.setting.text.flatMap { try? PostureRequirement(entry.name, $0) }
            },
            sessions: settings.mapping("sessions").map { sessions in
                SessionLimit(maximum: Int(sessions.needed("max", \.count)), onConflict: sessions.word("on_conflict"))
            },
            secondNetwork: settings.word("second_network")
        )
    }

    private func adminSocket(_ settings: SettingMapping) -> String {
        guard case .unix(let path)? = settings["bind"]?.bind else {
            return root.needed("state_directory", \.text) + "/admin.sock"
        }
        return path
    }

    private func hook(_ settings: SettingMapping) -> HookSettings {
        HookSettings(
            name: settings.needed("name", \.text),
            states: Set(settings.texts("on").compactMap { DeviceState(name: $0) }),
            action: settings.text("webhook").map { .webhook(url: $0) } ?? .exec(settings.texts("exec")),
            timeoutSeconds: settings.needed("timeout", \.seconds),
            attempts: Int(settings.needed("attempts", \.count))
        )
    }

    private func registry(_ settings: SettingMapping) -> RegistrySettings {
        let credentials = settings.needed("credentials", \.mapping)
        return RegistrySettings(
            firstUse: credentials.word("first_use"),
            unknownKey: credentials.word("unknown_key"),
            supersededReturned: credentials.word("superseded_returned"),
            keyUnderTwoIdentities: credentials.word("key_under_two_identities"),
            renewedWithSameKey: credentials.word("renewed_with_same_key"),
            overlapSeconds: credentials.needed("overlap", \.seconds),
            hooks: settings.list("hooks").compactMap(\.mapping).map(hook)
        )
    }

    private func changeGuard(_ settings: SettingMapping) -> ChangeGuardSettings {
        ChangeGuardSettings(
            sessionsCut: settings.needed("max_sessions_cut", Self.changeLimit),
            devicesRefused: settings.needed("max_devices_refused", Self.changeLimit)
        )
    }

    private static func changeLimit(_ setting: Setting) -> ChangeLimit {
        setting.percent.map { .percent(Int($0)) } ?? setting.count.map { .count(Int($0)) } ?? .none
    }

    private func log(_ settings: SettingMapping) -> LogSettings {
        LogSettings(format: settings.word("format"), level: settings.word("level"))
    }
}

extension SettingMapping {
    fileprivate func needed<Value>(_ name: String, _ read: (Setting) -> Value?) -> Value {
        guard let value = self[name].flatMap(read) else { preconditionFailure("the table of keys let '\(name)' be missing") }
        return value
    }

    fileprivate func word<Word: RawRepresentable<String>>(_ name: String) -> Word {
        guard let word = Word(rawValue: needed(name, \.text)) else {
            preconditionFailure("the table of keys allows a word in '\(name)' that \(Word.self) does not have")
        }
        return word
    }
}

extension SettingMapping.Entry {
    fileprivate var settings: SettingMapping {
        guard let settings = setting.mapping else { preconditionFailure("'\(name)' has a name but no settings") }
        return settings
    }
}

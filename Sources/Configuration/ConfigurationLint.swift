import PKITypes
import VerificationCore

/// Looks at a configuration's meaning: what fails open, what nothing uses, what the machine cannot give.
struct ConfigurationLint {
    private let root: SettingMapping
    private let host: HostView
    private(set) var list: FindingList

    init(_ root: SettingMapping, host: HostView, findings: FindingList) {
        self.root = root
        self.host = host
        list = findings
    }

    private var anchors: [SettingMapping.Entry] { root.mapping("trust_anchors")?.entries ?? [] }
    private var listeners: [SettingMapping.Entry] { root.mapping("listeners")?.entries ?? [] }
    private var upstreams: [SettingMapping.Entry] { root.mapping("upstreams")?.entries ?? [] }
    private var policies: [Setting] { root.list("policies") }

    /// What each part shows by itself.
    mutating func lintParts() {
        for anchor in anchors { lint(anchor: anchor) }
        for listener in listeners { lint(listener: listener) }
        for upstream in upstreams { lint(upstream: upstream) }
        lintMetrics()
        lintDescriptors()
    }

    /// What the parts show together; only true of a configuration without errors, where no part is left out.
    mutating func lintWhole() {
        for anchor in anchors { lintVouching(anchor) }
        lintPolicies()
        lintListenersWithoutPolicy()
        lintUnused()
    }

    private mutating func lint(anchor: SettingMapping.Entry) {
        guard let settings = anchor.setting.mapping else { return }
        for file in settings.list("certificates") where file.text.map(Self.isSystemTrust) == true {
            list.add(LintProblem.systemTrustStore(path: file.text ?? ""), at: file.position)
        }
        guard let revocation = settings.mapping("revocation") else { return }
        let refusesUnknown = revocation.text("unknown") == "refuse"
        if let unknown = revocation["unknown"], unknown.text == "admit" {
            list.add(LintProblem.admitsUnknownStatus(anchor: anchor.name), at: unknown.position)
        }
        if refusesUnknown, revocation["crls"]?.list?.isEmpty == true {
            list.add(LintProblem.noRevocationList(anchor: anchor.name), at: anchor.keyPosition)
        }
        if let admit = revocation.mapping("stale")?["admit"], admit.text == "all" {
            list.add(LintProblem.admitsOnStaleLists(anchor: anchor.name), at: admit.position)
        }
    }

    private mutating func lintVouching(_ anchor: SettingMapping.Entry) {
        guard let settings = anchor.setting.mapping else { return }
        let open = settings.list("vouches_for").first { $0.text == "**" }
        if settings["vouches_for"]?.value == .absent || open != nil {
            list.add(LintProblem.vouchesForEverything(anchor: anchor.name), at: open?.position ?? anchor.keyPosition)
        }
    }

    private static func isSystemTrust(_ path: String) -> Bool {
        ["/etc/ssl/certs/", "/usr/share/ca-certificates/", "/etc/pki/tls/certs/"].contains { path.hasPrefix($0) }
    }

    private mutating func lint(listener: SettingMapping.Entry) {
        guard let settings = listener.setting.mapping else { return }
        for setting in settings.list("bind") { lintPort(setting) }
        if let resumption = settings["resumption"], resumption.text == "allowed" {
            list.add(LintProblem.resumesSessions(listener: listener.name), at: resumption.position)
        }
        if let until = settings.mapping("observe")?["until"], let moment = until.moment {
            list.add(LintProblem.observes(listener: listener.name, until: moment.text), at: until.position)
        }
        guard let limits = settings.mapping("limits"), let most = limits["connections"]?.count else { return }
        if let handshakes = limits["handshakes_in_flight"], handshakes.origin == .written, handshakes.count ?? 0 > most {
            list.add(LintProblem.handshakesAboveConnections(listener: listener.name), at: handshakes.position)
        }
    }

    private mutating func lintPort(_ setting: Setting) {
        guard let bind = setting.bind, case .address(_, port: 0) = bind else { return }
        list.add(LintProblem.systemChosenPort(address: bind.text), at: setting.position)
    }

    private mutating func lint(upstream: SettingMapping.Entry) {
        guard let settings = upstream.setting.mapping, settings["tls"]?.value == .absent else { return }
        for setting in settings.list("addresses") {
            guard case .host(let host, _)? = setting.upstreamAddress, !Self.isLoopback(host) else { continue }
            list.add(LintProblem.plaintextUpstream(address: setting.upstreamAddress?.text ?? host), at: setting.position)
        }
    }

    /// RFC 6761 §6.3: `localhost` never leaves the machine.
    private static func isLoopback(_ host: String) -> Bool {
        IPAddress(text: host)?.isLoopback ?? (host.lowercased() == "localhost")
    }

    private mutating func lintPolicies() {
        var matchesAll: String?
        for policy in policies {
            guard let settings = policy.mapping, let name = settings.text("name"), let when = settings.mapping("when") else {
                continue
            }
            if let earlier = matchesAll {
                list.add(LintProblem.policyUnreachable(policy: name, after: earlier), at: policy.position)
                continue
            }
            let pattern = when["identity"]
            guard pattern?.value == .absent || pattern?.text == "**" else { continue }
            let takesAnyDevice = settings["devices"]?.text == AccessPolicy.Devices.any.rawValue
            if takesAnyDevice, settings.mapping("require")?["networks"]?.value == .absent {
                let position = pattern?.text == nil ? policy.position : pattern?.position ?? policy.position
                list.add(LintProblem.policyAdmitsAll(policy: name), at: position)
            }
            if when["listeners"]?.value == .absent { matchesAll = name }
        }
    }

    private mutating func lintListenersWithoutPolicy() {
        let selections = policies.compactMap { $0.mapping?.mapping("when") }
        guard selections.count == policies.count, !selections.isEmpty else { return }
        for listener in listeners {
            let reached = selections.contains {
                $0["listeners"]?.value == .absent || $0.texts("listeners").contains(listener.name)
            }
            if !reached { list.add(LintProblem.listenerWithoutPolicy(listener: listener.name), at: listener.keyPosition) }
        }
    }

    private mutating func lintUnused() {
        let settings = listeners.compactMap(\.setting.mapping)
        let trusted = Set(settings.flatMap { $0.texts("trust") })
        let used = Set(settings.compactMap { $0.text("upstream") })
        for anchor in anchors where !trusted.contains(anchor.name) {
            list.add(LintProblem.unused(.trustAnchors, name: anchor.name), at: anchor.keyPosition)
        }
        for upstream in upstreams where !used.contains(upstream.name) {
            list.add(LintProblem.unused(.upstreams, name: upstream.name), at: upstream.keyPosition)
        }
    }

    private mutating func lintMetrics() {
        guard let setting = root.mapping("metrics")?["bind"], let bind = setting.bind else { return }
        lintPort(setting)
        guard case .address(let host, _) = bind, !Self.isLoopback(host) else { return }
        list.add(LintProblem.metricsOffLoopback(address: bind.text), at: setting.position)
    }

    private mutating func lintDescriptors() {
        let limits = listeners.compactMap { $0.setting.mapping?.mapping("limits")?["connections"] }
        let connections = limits.compactMap(\.count).reduce(0, +)
        let needed = DescriptorBudget.needed(connections: Int(connections))
        guard needed > host.descriptorLimit,
            let position = limits.first(where: { $0.origin == .written })?.position ?? limits.first?.position
        else { return }
        list.add(LintProblem.aboveDescriptorLimit(needed: needed, limit: host.descriptorLimit), at: position)
    }
}

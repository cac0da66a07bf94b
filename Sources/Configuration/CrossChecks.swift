/// Errors that no value shows alone: names that must differ, values that contradict each other.
struct CrossChecks {
    private let root: SettingMapping
    private(set) var list: FindingList

    init(_ root: SettingMapping, findings: FindingList) {
        self.root = root
        list = findings
    }

    mutating func run() {
        policyNames()
        certificateLifetimes()
        certificateAges()
        binds()
        vouching()
        hooks()
    }

    private mutating func hooks() {
        var lines: [String: Int] = [:]
        for (index, entry) in (root.mapping("registry")?.list("hooks") ?? []).enumerated() {
            guard let hook = entry.mapping else { continue }
            let path = "registry.hooks[\(index)]"
            if let setting = hook["name"], let name = setting.text {
                if let first = lines[name] {
                    list.add(ValueProblem.repeated(what: "hook", name: name, firstLine: first), at: setting.position)
                } else {
                    lines[name] = setting.position.line
                }
            }
            let program = hook.texts("exec").first
            if (hook.text("webhook") == nil) == (program == nil) {
                list.add(ValueProblem.oneOf(path: path, "webhook", "exec"), at: entry.position)
            }
            if let program, !program.hasPrefix("/") {
                let found = FindingText.quoted(program)
                list.add(
                    ValueProblem.unexpected(path: "\(path).exec", found: found, expected: "the absolute path of a program first"),
                    at: hook["exec"]?.position ?? entry.position)
            }
        }
    }

    private mutating func policyNames() {
        var lines: [String: Int] = [:]
        for policy in root.list("policies").compactMap(\.mapping) {
            guard let setting = policy["name"], let name = setting.text else { continue }
            if let first = lines[name] {
                list.add(ValueProblem.repeated(what: "policy", name: name, firstLine: first), at: setting.position)
            } else {
                lines[name] = setting.position.line
            }
        }
    }

    private mutating func certificateLifetimes() {
        for anchor in root.mapping("trust_anchors")?.entries ?? [] {
            warnsBeforeRefusing(
                anchor.setting.mapping?.mapping("max_certificate_lifetime"),
                path: "trust_anchors.\(anchor.name).max_certificate_lifetime")
        }
    }

    private mutating func certificateAges() {
        for (index, policy) in root.list("policies").enumerated() {
            warnsBeforeRefusing(
                policy.mapping?.mapping("require")?.mapping("max_certificate_age"),
                path: "policies[\(index)].require.max_certificate_age")
        }
    }

    private mutating func warnsBeforeRefusing(_ limits: SettingMapping?, path: String) {
        guard let warn = limits?["warn"], let seconds = warn.seconds, let refuse = limits?.seconds("refuse") else { return }
        if seconds >= refuse { list.add(ValueProblem.warnsAfterRefusing(path: path), at: warn.position) }
    }

    /// Two listeners on one address would fail at start; port 0 is a new address each time.
    private mutating func binds() {
        var lines: [BindAddress: Int] = [:]
        let listeners = root.mapping("listeners")?.entries.flatMap { $0.setting.mapping?.list("bind") ?? [] } ?? []
        let metrics = root.mapping("metrics")?["bind"].map { [$0] } ?? []
        for setting in listeners + metrics {
            guard let bind = setting.bind else { continue }
            if case .address(_, port: 0) = bind { continue }
            if let first = lines[bind] {
                list.add(ValueProblem.repeated(what: "bind address", name: bind.text, firstLine: first), at: setting.position)
            } else {
                lines[bind] = setting.position.line
            }
        }
    }

    /// Without `vouches_for`, any of several anchors could issue a certificate with the identity of another one's device.
    private mutating func vouching() {
        let anchors = root.mapping("trust_anchors")?.entries ?? []
        let listeners = root.mapping("listeners")?.entries ?? []
        for anchor in anchors where anchor.setting.mapping?["vouches_for"]?.value == .absent {
            let sharing = listeners.first { listener in
                let trust = Set(listener.setting.mapping?.texts("trust") ?? [])
                return trust.count > 1 && trust.contains(anchor.name)
            }
            guard let sharing else { continue }
            list.add(ValueProblem.vouchesForNeeded(anchor: anchor.name, listener: sharing.name), at: anchor.keyPosition)
        }
    }
}

extension BindAddress {
    /// As it is written in the configuration.
    var text: String {
        switch self {
        case .address(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

extension UpstreamAddress {
    var text: String {
        switch self {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}

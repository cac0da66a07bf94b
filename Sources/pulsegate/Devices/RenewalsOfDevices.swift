import ArgumentParser
import Configuration
import DeviceRegistry
import PKITypes
import VerificationCore

/// `pulsegate devices renewals`: until when each device needs a new certificate, by its end and by its policies.
struct RenewalsOfDevices: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renewals", abstract: "Report until when devices need a new certificate, the most pressing first.",
        discussion: """
            A certificate has to be renewed before it ends, and before it is older than max_certificate_age.refuse of a policy \
            that decides about the device, on whichever listener. Columns are separated by tabs: renew by, identity, why \
            (expires, or the policy's name), warned about since (max_certificate_age.warn, max_certificate_lifetime.warn) or a \
            hyphen, the serial number.
            Devices that are disabled or retired, or have no good certificate, are not in it.
            """)

    @OptionGroup var place: RegistryOptions

    @Option(help: ArgumentHelp("Only those due within so long; 'all' is every one.", valueName: "duration"))
    var within = "30d"

    @Flag(help: "Print a JSON object on each line.")
    var json = false

    func validate() throws {
        guard within == "all" || UnitText.seconds(within) != nil else {
            throw ValidationError("--within '\(within)' is not a duration such as 30d, nor all")
        }
    }

    func run() throws {
        let reading: ConfigurationResult
        do { reading = try ConfigurationReader.read(file: place.config) } catch { throw CommandOutput.couldNot("\(error)") }
        guard let configuration = reading.configuration else {
            throw CommandOutput.couldNot("\(place.config) has errors ('pulsegate check')")
        }
        let rules = RenewalRules(configuration)
        let now = CommandOutput.now()
        let limit = UnitText.seconds(within).map { now + $0 } ?? UnixSeconds(.max)
        var due: [Renewal] = []
        let directory = try place.directory(for: .read)
        try CommandOutput.asking { () throws(RegistryFailure) in
            try directory.forEachRecord(matching: DeviceFilter(), at: now) { stored in
                if let renewal = rules.renewal(of: stored.record, at: now), renewal.by <= limit { due.append(renewal) }
                return true
            }
        }
        let output = OutputBuffer()
        due.sort { ($0.by, $0.identity.text) < ($1.by, $1.identity.text) }
        for renewal in due { output.line(json ? renewal.json : renewal.line) }
        try output.finish()
    }
}

/// A device's next renewal.
struct Renewal {
    let identity: DeviceIdentity
    /// The last second that its certificate is of use.
    let by: UnixSeconds
    /// Nil: its own end.
    let policy: String?
    let warnedSince: UnixSeconds?
    let serial: SerialNumber

    var line: String {
        [by.text, identity.text, policy ?? "expires", warnedSince?.text ?? "-", "\(serial)"]
            .map(OutputBuffer.singleLine).joined(separator: "\t")
    }

    var json: String {
        var members = [("renew_by", by.text), ("identity", identity.text), ("serial", "\(serial)")]
        if let policy { members.append(("policy", policy)) }
        if let warnedSince { members.append(("warned_since", warnedSince.text)) }
        return InventoryText.object(members)
    }
}

/// What a configuration says of the age and the lifetime of certificates.
struct RenewalRules {
    /// Of each listener, in the configuration's order.
    private let policies: [[Rule]]
    /// By the name of the trust anchor.
    private let warnedLifetimes: [String: Int64]

    private struct Rule {
        let name: String
        let pattern: IdentityPattern?
        let warn: Int64?
        let refuse: Int64?
    }

    init(_ configuration: GatewayConfiguration) {
        warnedLifetimes = Dictionary(
            uniqueKeysWithValues: configuration.trustAnchors.compactMap { anchor in
                anchor.warnCertificateLifetimeSeconds.map { (anchor.name, $0) }
            })
        policies = configuration.listeners.map { listener in
            configuration.policies.filter { $0.listeners.isEmpty || $0.listeners.contains(listener.name) }.map { policy in
                Rule(
                    name: policy.name, pattern: policy.identityPattern.flatMap { try? IdentityPattern($0) },
                    warn: policy.warnCertificateAgeSeconds, refuse: policy.maximumCertificateAgeSeconds)
            }
        }
    }

    /// Of the good certificate that lasts longest: with it the device goes on.
    func renewal(of record: DeviceRecord, at now: UnixSeconds) -> Renewal? {
        switch record.state {
        case .provisioned, .active, .rotating, .quarantined: break
        case .disabled, .retired: return nil
        }
        let good = record.credentials.filter { $0.isGood(at: now) }
        return good.map { renewal(of: $0, record.identity, at: now) }.max { $0.by < $1.by }
    }

    private func renewal(of credential: Credential, _ identity: DeviceIdentity, at now: UnixSeconds) -> Renewal {
        var (by, policy, warned) = (credential.validity.notAfter, String?.none, UnixSeconds?.none)
        if let warn = warnedLifetimes[credential.id.anchorEntry], credential.validity.lifetimeSeconds > warn {
            warned = credential.validity.notBefore
        }
        for rules in policies {
            guard let rule = rules.first(where: { $0.pattern?.matches(identity) ?? true }) else { continue }
            if let refuse = rule.refuse, credential.validity.notBefore + refuse < by {
                (by, policy) = (credential.validity.notBefore + refuse, rule.name)
            }
            if let warn = rule.warn, credential.validity.notBefore + warn < now {
                warned = min(warned ?? credential.validity.notBefore + warn, credential.validity.notBefore + warn)
            }
        }
        return Renewal(identity: identity, by: by, policy: policy, warnedSince: warned, serial: credential.id.serial)
    }
}

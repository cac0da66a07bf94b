import ArgumentParser
import Configuration
import Explanation
import FileSystem
import Gateway
import Glibc
import OfflineVerification
import PKITypes
import SignatureChecking
import VerificationCore
import X509

/// `pulsegate explain`: the whole decision on a device's certificate as a configuration would make it, step by step.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what a configuration decides about a device, step by step.",
        discussion: """
            Path, revocation, identity, policy, verdict: the gateway's own functions, on the files that the configuration names. \
            The certificate's file may hold the chain behind it, as the device sends it. What `check` would say is said on \
            standard error.

            Exit code 0: would be admitted, 1: would be refused, 2: usage, 3: a file cannot be read, or the configuration has \
            errors.
            """
    )

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config = "/etc/pulsegate/pulsegate.yaml"

    @Option(help: ArgumentHelp("The listener that the device connects to.", valueName: "name"))
    var listener: String

    @Option(help: ArgumentHelp("Where the device connects from; unsaid, no rule on networks can hold.", valueName: "address"))
    var from: String?

    @Option(help: ArgumentHelp("More certificates that the device sends. May be repeated.", valueName: "file"))
    var intermediates: [String] = []

    @Option(help: ArgumentHelp("The moment of the decision; default: now.", valueName: "epoch|rfc3339"))
    var at: String?

    @Option(help: "The TLS version that the device speaks.")
    var tls = SpokenVersion.newest

    @Flag(help: "Print the facts as one JSON document.")
    var json = false

    @Argument(help: ArgumentHelp("The device's certificate, PEM or DER, with its chain if it has one.", valueName: "leaf"))
    var leaf: String

    enum SpokenVersion: String, ExpressibleByArgument, CaseIterable {
        case older = "1.2"
        case newest = "1.3"

        var version: TLSVersion {
            switch self {
            case .older: .tls12
            case .newest: .tls13
            }
        }
    }

    func validate() throws {
        if let from, IPAddress(text: from) == nil { throw ValidationError("--from '\(from)' is not an IP address") }
        if let at, MomentText.moment(at) == nil {
            throw ValidationError("--at '\(at)' is neither seconds since 1970 nor a time such as 2026-11-23T15:04:05Z")
        }
    }

    func run() throws {
        let examination: ConfigurationExamination
        do { examination = try ConfigurationExamination(file: config, registry: .read, at: at.flatMap(MomentText.moment)) } catch
        {
            throw Self.couldNot("\(error)")
        }
        for finding in examination.reading.findings { Self.report(finding.description) }
        guard let configuration = examination.reading.configuration else {
            throw Self.couldNot("the configuration has errors: no gateway runs with it")
        }
        guard let examined = examination.listener(named: listener) else {
            let names = configuration.listeners.map(\.name).joined(separator: ", ")
            Self.report("pulsegate explain: there is no listener '\(listener)' in \(config); there are: \(names)")
            throw ExitCode(2)
        }
        let chain = try certificates()
        guard let presented = PresentedCertificates(leaf: chain[0], others: Array(chain.dropFirst())) else {
            throw Self.couldNot("\(leaf): OpenSSL cannot decode the certificate, so no handshake gets as far as a decision")
        }
        let request = ExplanationRequest(
            configurationFile: config, listener: ListenerUnderQuestion(examined), chain: chain,
            source: from.flatMap(IPAddress.init(text:)), tlsVersion: tls.version, moment: examined.examinedAt
        )
        let explanation = Explanation(request, presented, examined.engine)
        print(json ? explanation.json : explanation.text, terminator: json ? "\n" : "")
        if explanation.outcome.decision == .refused { throw ExitCode(1) }
    }

    /// The leaf first; what the device would send beside it may be in the same file and in others.
    private func certificates() throws -> [[UInt8]] {
        try ([leaf] + intermediates).flatMap { path in
            let found: [[UInt8]]
            do {
                let file = try FileContents.read(path, limit: VerificationFiles.maximumCertificateFileOctets)
                found = try PEM.objects(.certificates, in: file)
            } catch {
                throw Self.couldNot("\(path): \(error)")
            }
            guard !found.isEmpty else { throw Self.couldNot("\(path): holds no certificate") }
            return found
        }
    }

    private static func couldNot(_ cause: String) -> ExitCode {
        report("pulsegate explain: \(cause)")
        return ExitCode(3)
    }

    private static func report(_ line: String) {
        _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }
}

extension ListenerUnderQuestion {
    fileprivate init(_ examined: ExaminedListener) {
        let certificates = examined.trust.flatMap { material in
            let roles: [(ConfiguredCertificate.Role, [[UInt8]])] = [
                (.anchor, material.anchors), (.intermediate, material.intermediates),
            ]
            return roles.flatMap { role, encoded in
                encoded.map { der in
                    ConfiguredCertificate(
                        anchorEntry: material.settings.name, role: role, der: der, file: material.files[der] ?? "")
                }
            }
        }
        let versions: [TLSVersion] =
            switch examined.settings.profile {
            case .bcp195: [.tls12, .tls13]
            case .tls13Only: [.tls13]
            }
        self.init(
            name: examined.settings.name, trust: examined.settings.trust, snapshot: examined.snapshot,
            certificates: certificates, tlsVersions: versions, maximumChainOctets: examined.settings.limits.chainBytes
        )
    }
}

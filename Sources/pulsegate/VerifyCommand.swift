import ArgumentParser
import DER
import Glibc
import OfflineVerification
import PKITypes

/// `pulsegate verify`: offline verdicts by the gateway's own rules, on one certificate or on a batch of jobs.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Judge a certificate offline, by the gateway's own path validation, revocation index and rules.",
        discussion: """
            What stands in the gateway's configuration alone is not asked: identity, vouches_for, max_certificate_lifetime, \
            policies and networks. A device that is accepted here and refused by the gateway is refused by one of those: \
            `reason=` in the log says by which.

            Exit code 0: accepted, 1: rejected, 2: usage, 3: a file cannot be read. With --batch, one JSON job per line of \
            standard input is answered by one JSON line, at once and in order; the end of input ends it with exit code 0.
            """
    )

    @Option(
        help: ArgumentHelp(
            "PEM or DER; each certificate is a trust anchor, self-signed or not. May be repeated.", valueName: "file"))
    var trustAnchors: [String] = []

    @Option(help: ArgumentHelp("Untrusted certificates, in any order. May be repeated.", valueName: "file"))
    var intermediates: [String] = []

    @Option(
        help: ArgumentHelp("Revocation lists; with them every certificate needs a status. May be repeated.", valueName: "file"))
    var crls: [String] = []

    @Option(help: ArgumentHelp("The moment of the verdict; default: now.", valueName: "epoch|rfc3339"), transform: Self.moment)
    var at: UnixSeconds?

    @Option(help: "What the leaf must be good for.")
    var purpose = VerificationJob.Purpose.client

    @Option(
        name: .customLong("extended-key-usage"),
        help: ArgumentHelp("A further purpose that the leaf must name. May be repeated.", valueName: "oid"),
        transform: Self.keyPurpose
    )
    var keyPurposes: [ObjectIdentifier] = []

    @Option(
        help: ArgumentHelp(
            "A name (DNS, IP or RFC822) that the leaf's subjectAltName must hold. May be repeated.", valueName: "kind:value"),
        transform: Self.identity
    )
    var peerIdentity: [PeerIdentity] = []

    @Option(help: ArgumentHelp("Most intermediates that are not self-issued.", valueName: "n"))
    var maxDepth: Int?

    @Option(help: ArgumentHelp("A policy of the user-initial-policy-set. May be repeated.", valueName: "oid"))
    var policy: [String] = []

    @Flag(help: "Require an explicit policy.")
    var policyExplicit = false

    @Flag(help: "Inhibit policy mapping.")
    var policyInhibitMapping = false

    @Flag(help: "Inhibit anyPolicy.")
    var policyInhibitAny = false

    @Flag(help: "Every certificate needs a status, even without --crls.")
    var requireRevocation = false

    @Option(help: "Whether issuers are held to rules that the gateway can do without: key identifiers, numbered lists.")
    var issuerProfile = VerificationJob.Profile.strict

    @Flag(help: "Print the verdict as one line of JSON.")
    var json = false

    @Flag(help: "Answer JSON jobs from standard input.")
    var batch = false

    @Argument(
        help: ArgumentHelp("The certificate, PEM or DER; certificates after it in the file are intermediates.", valueName: "leaf")
    )
    var leaf: String?

    func validate() throws {
        if batch {
            // An option that was passed over could be the one that would have refused.
            guard leaf == nil, !namesInputs, !namesConditions else {
                throw ValidationError("--batch reads everything from its jobs: no other option goes with it but --json")
            }
            return
        }
        guard leaf != nil else { throw ValidationError("name the certificate to judge, or say --batch") }
        guard !trustAnchors.isEmpty else { throw ValidationError("--trust-anchors is required") }
        guard maxDepth.map({ (0...Int(Int32.max)).contains($0) }) ?? true else {
            throw ValidationError("--max-depth is 0 or more")
        }
        if let wrong = policy.first(where: { !VerificationJob.isPolicyIdentifier($0) }) {
            throw ValidationError("--policy '\(wrong)' is not an object identifier in dotted form")
        }
    }

    private var namesInputs: Bool { !trustAnchors.isEmpty || !intermediates.isEmpty || !crls.isEmpty || !peerIdentity.isEmpty }

    private var namesConditions: Bool {
        at != nil || purpose != .client || !keyPurposes.isEmpty || maxDepth != nil || !policy.isEmpty || policyExplicit
            || policyInhibitMapping || policyInhibitAny || requireRevocation || issuerProfile != .strict
    }

    func run() throws {
        if batch {
            do { try VerificationBatch.run(input: STDIN_FILENO, output: STDOUT_FILENO) } catch { throw Self.couldNot("\(error)") }
            return
        }
        let answer = OfflineVerifier.answer(try job())
        if json {
            print(answer.json)
        } else {
            print("\(answer.isAccepted ? "accepted" : "rejected"): \(answer.reason)")
            print("  \(answer.detail)")
            if answer.isAccepted { print("  not asked (the gateway's configuration has them): vouches_for, policies, networks") }
        }
        if !answer.isAccepted { throw ExitCode(1) }
    }

    private func job() throws -> VerificationJob {
        let files = VerificationFiles(trustAnchors: trustAnchors, intermediates: intermediates, lists: crls, leaf: leaf ?? "")
        var job: VerificationJob
        do { job = try files.job() } catch { throw Self.couldNot("\(error)") }
        job.moment = at
        job.peerIdentities = peerIdentity
        job.pathPolicy.purpose = purpose
        job.pathPolicy.keyPurposes = keyPurposes
        if let maxDepth { job.pathPolicy.maximumDepth = maxDepth }
        job.pathPolicy.initialPolicies = policy
        job.pathPolicy.explicitPolicy = policyExplicit ? .required : .notRequired
        job.pathPolicy.policyMapping = policyInhibitMapping ? .inhibited : .allowed
        job.pathPolicy.anyPolicy = policyInhibitAny ? .inhibited : .allowed
        job.pathPolicy.issuerProfile = issuerProfile
        job.revocationCheck = requireRevocation ? .required : .ifListsAreGiven
        return job
    }

    private static func moment(_ text: String) throws -> UnixSeconds {
        guard let moment = MomentText.moment(text) else {
            throw ValidationError("'\(text)' is neither seconds since 1970 nor a time such as 2026-11-23T15:04:05Z")
        }
        return moment
    }

    private static func keyPurpose(_ text: String) throws -> ObjectIdentifier {
        guard let purpose = ObjectIdentifier(dotted: text) else {
            throw ValidationError("'\(text)' is no object identifier in dotted form")
        }
        return purpose
    }

    private static func identity(_ text: String) throws -> PeerIdentity {
        guard let identity = PeerIdentity(argument: text) else {
            throw ValidationError("'\(text)' is not DNS:NAME, IP:ADDRESS or RFC822:MAILBOX")
        }
        return identity
    }

    private static func couldNot(_ cause: String) -> ExitCode {
        _ = "pulsegate verify: \(cause)\n".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        return ExitCode(3)
    }
}

extension VerificationJob.Purpose: ExpressibleByArgument {}
extension VerificationJob.Profile: ExpressibleByArgument {}

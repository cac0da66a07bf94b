import ArgumentParser
import Glibc
import LabPKI
import PKITypes

/// `pulsegate pki`: a laboratory certificate authority for trials and tests.
struct PKICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pki",
        abstract: "A laboratory certificate authority, for trials and tests only.",
        discussion: """
            Keys are written without a passphrase and anything asked for is issued: never use it in production. The state is \
            plain files in one directory; index.txt lists what was issued.
            """,
        subcommands: [Init.self, Issue.self, Revoke.self, Lists.self]
    )
}

/// Where the laboratory keeps its files.
struct PKIDirectoryOption: ParsableArguments {
    @Option(help: "The directory of the laboratory.")
    var directory = "pki"
}

extension PKICommand {
    /// `pulsegate pki init`
    struct Init: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a root, an issuing authority, their revocation lists and a server certificate for localhost."
        )

        @OptionGroup var place: PKIDirectoryOption

        @Option(help: ArgumentHelp("The kind of every key.", valueName: "kind"))
        var keyType = LabKey.Kind.p256

        @Flag(help: "Replace a laboratory that is there; every certificate it issued becomes worthless.")
        var force = false

        func run() throws {
            try PKICommand.perform { () throws(LabPKIFailure) in
                let lab = try LabDirectory.create(
                    at: place.directory, existing: force ? .replace : .refuse, key: keyType
                )
                for file in LabDirectory.File.allCases { print("wrote \(lab.path(of: file))") }
                print("next: pulsegate pki issue --device urn:hospital:device:pump:0001")
            }
        }
    }

    /// `pulsegate pki issue`
    struct Issue: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Issue a certificate for a device or a server.")

        @OptionGroup var place: PKIDirectoryOption

        @Option(help: ArgumentHelp("The device's identity, a URI for its subjectAltName.", valueName: "identity-uri"))
        var device: String?

        @Flag(help: "Issue for a server; name it with --dns and --ip.")
        var server = false

        @Option(help: ArgumentHelp("A DNS name of the server; may be repeated.", valueName: "name"))
        var dns: [String] = []

        @Option(help: ArgumentHelp("An IP address of the server; may be repeated.", valueName: "address"))
        var ip: [String] = []

        @Option(help: ArgumentHelp("The kind of key.", valueName: "kind"))
        var keyType = LabKey.Kind.p256

        @Option(help: "Days until the certificate expires.")
        var days: Int64 = 365

        @Option(help: ArgumentHelp("Write PREFIX.pem and PREFIX.key; default: named after the subject.", valueName: "prefix"))
        var out: String?

        @Flag(help: "Replace files that are there.")
        var force = false

        func validate() throws {
            guard (device != nil) != server else { throw ValidationError("say either --device IDENTITY-URI or --server") }
            guard server || (dns.isEmpty && ip.isEmpty) else { throw ValidationError("--dns and --ip belong to --server") }
            guard !server || !(dns.isEmpty && ip.isEmpty) else { throw ValidationError("--server needs --dns or --ip") }
            guard (1...36_500).contains(days) else { throw ValidationError("--days is 1 to 36500") }
            if let device, !PKICommand.isURI(device) {
                throw ValidationError("'\(device)' is not a URI such as urn:hospital:device:pump:0001")
            }
        }

        func run() throws {
            try PKICommand.perform { () throws(LabPKIFailure) in
                let lab = try LabDirectory.open(at: place.directory)
                let name = device ?? dns.first ?? ip.first ?? "server"
                let prefix = out ?? "\(place.directory)/\(PKICommand.fileName(for: name))"
                let (certificatePath, keyPath) = ("\(prefix).pem", "\(prefix).key")
                for path in [certificatePath, keyPath] where !force && LabFile.exists(path) { throw .alreadyExists(path: path) }
                let certificate = try issue(from: lab.issuing)
                try lab.keep(
                    certificate, name: "\(server ? "server" : "device") \(name)", certificate: certificatePath, key: keyPath
                )
                print("wrote \(certificatePath) (serial \(certificate.serialText))")
                print("wrote \(keyPath)")
                if server {
                    print("next: name both files under server_certificates in the configuration")
                } else {
                    let trust = lab.path(of: .rootCertificate)
                    print("next: openssl s_client -connect HOST:PORT -CAfile \(trust) -cert \(certificatePath) -key \(keyPath)")
                }
            }
        }

        private func issue(from authority: LabCertificateAuthority) throws(LabPKIFailure) -> LabCertificate {
            let validity = Validity.days(days)
            guard let device else {
                return try authority.issueServer(dnsNames: dns, ipAddresses: ip, key: keyType) { $0.validity = validity }
            }
            return try authority.issueDevice(device, key: keyType) { $0.validity = validity }
        }
    }

    /// `pulsegate pki revoke`
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a certificate issued here.")

        @OptionGroup var place: PKIDirectoryOption

        @Argument(help: "The certificate's serial number in hexadecimal, or its PEM file.")
        var certificate: String

        @Option(help: ArgumentHelp("Why, in RFC 5280's words; default: unspecified.", valueName: "reason"))
        var reason: RevocationReason?

        func run() throws {
            try PKICommand.perform { () throws(LabPKIFailure) in
                let lab = try LabDirectory.open(at: place.directory)
                // Neither a file that is there nor a number: the file's name is mistyped.
                let isNumber = certificate.allSatisfy { $0.isHexDigit || $0 == ":" }
                let serial =
                    !isNumber || LabFile.exists(certificate)
                    ? try LabCertificate.serialText(pem: try LabFile.read(certificate)) : certificate
                let reason = reason ?? .unspecified
                let entry = try lab.revoke(serial: serial, reason: reason)
                print("revoked \(entry.serial) (\(entry.name)), reason \(reason.name), in \(lab.path(of: .index))")
                print("next: pulsegate pki crl --directory \(place.directory)   # the lists do not say so yet")
            }
        }
    }

    /// `pulsegate pki crl`
    struct Lists: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "crl", abstract: "Sign and write both revocation lists.")

        @OptionGroup var place: PKIDirectoryOption

        @Option(help: "Hours until the lists are out of date.")
        var hours: Int64 = 24

        @Option(
            help: ArgumentHelp(
                "Add so many entries of certificates that nobody issued to the issuing authority's list, in DER, to measure.",
                valueName: "count"))
        var entries: Int?

        func validate() throws {
            guard (1...876_000).contains(hours) else { throw ValidationError("--hours is 1 to 876000") }
            guard entries.map({ (0...100_000_000).contains($0) }) ?? true else {
                throw ValidationError("--entries is 0 to 100000000")
            }
        }

        func run() throws {
            try PKICommand.perform { () throws(LabPKIFailure) in
                let lab = try LabDirectory.open(at: place.directory)
                let number = try lab.writeRevocationLists(hours: hours, extraEntries: entries)
                for file in [LabDirectory.File.rootList, .issuingList] { print("wrote \(lab.path(of: file)) (number \(number))") }
                print("next: reload the gateway (SIGHUP)")
            }
        }
    }
}

extension PKICommand {
    private static let notice = "pulsegate pki: a laboratory certificate authority, for trials and tests; not for production\n"

    /// Runs a subcommand, and turns its failure into a line on stderr and an exit code: 1 no, 2 usage, 3 could not.
    fileprivate static func perform(_ command: () throws(LabPKIFailure) -> Void) throws {
        writeToStandardError(notice)
        do {
            try command()
        } catch {
            writeToStandardError("pulsegate pki: \(error)\(advice(error))\n")
            throw exitCode(error)
        }
    }

    private static func exitCode(_ failure: LabPKIFailure) -> ExitCode {
        switch failure {
        case .alreadyExists, .unknownSerial, .alreadyRevoked: ExitCode(1)
        case .malformedIPAddress: ExitCode(2)
        case .openSSL, .unsupportedKey, .unreadable, .unwritable, .malformedIndex, .malformedListNumber: ExitCode(3)
        }
    }

    private static func advice(_ failure: LabPKIFailure) -> String {
        switch failure {
        case .alreadyExists: "; --force replaces it"
        case .unreadable(_, let code) where code == ENOENT: "; 'pulsegate pki init' makes a laboratory"
        default: ""
        }
    }

    private static func writeToStandardError(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// RFC 3986's scheme and a rest of the characters that a URI may hold.
    fileprivate static func isURI(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":"), text[..<colon].first?.isLetter == true else { return false }
        let rest = text[text.index(after: colon)...].utf8
        return !rest.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
    }

    /// A name for files: what is neither a letter, a digit, a dot nor a dash becomes a dash.
    fileprivate static func fileName(for subject: String) -> String {
        let name = String(subject.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" })
        return name.hasPrefix("urn-") ? String(name.dropFirst(4)) : name
    }
}

extension LabKey.Kind: ExpressibleByArgument {}

extension RevocationReason: ExpressibleByArgument {
    /// `removeFromCRL` is not a reason to revoke: it is said in delta lists only.
    package init?(argument: String) {
        let wanted = argument.lowercased()
        let reason = Self.allCases.first { $0 != .removeFromCRL && $0.name.lowercased() == wanted }
        guard let reason else { return nil }
        self = reason
    }

    package static var allValueStrings: [String] { allCases.filter { $0 != .removeFromCRL }.map(\.name) }
}

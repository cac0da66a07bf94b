import ArgumentParser
import LinuxPolling
import LoadClient

/// The options that every mode of the load client shares.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The gateway to load, HOST:PORT or [IPv6]:PORT. Aim it only at one that is yours.", valueName: "address"))
    var target = "127.0.0.1:8883"

    @Option(
        help: ArgumentHelp(
            "Folder of device credentials: each NAME.pem (leaf, then its chain) with NAME.key.", valueName: "folder"))
    var credentials: String?

    @Option(help: ArgumentHelp("A device certificate, PEM; repeat for several devices.", valueName: "file"))
    var certificate: [String] = []

    @Option(help: ArgumentHelp("The private key of the certificate at the same place in the command.", valueName: "file"))
    var key: [String] = []

    @Option(
        help: ArgumentHelp(
            "The chain to send: one for all, or one per certificate. Absent: what follows the leaf.", valueName: "file"))
    var chain: [String] = []

    @Option(
        help: ArgumentHelp(
            "Verify the server's certificate against these. Absent: it is not verified, only paid for.", valueName: "file"))
    var serverCA: String?

    @Option(help: ArgumentHelp("The name sent as SNI, and verified when --server-ca is given.", valueName: "name"))
    var serverName: String?

    @Flag(help: "Speak TLS 1.2 instead of TLS 1.3.")
    var tls12 = false

    @Option(help: "The one cipher suite to offer, in OpenSSL's words. Default: AES-128-GCM with SHA-256.")
    var cipher: String?

    @Option(help: "The key exchange groups to offer; the first is sent with the first flight.")
    var groups = "X25519:P-256"

    @Option(help: ArgumentHelp("A connection on which nothing moves for this long has failed.", valueName: "seconds"))
    var timeout: Double = 10

    @Flag(help: "Print the summary as one line of JSON.")
    var json = false

    func validate() throws {
        guard timeout > 0, timeout <= 86400 else { throw ValidationError("--timeout is above 0 and at most 86400 seconds") }
        guard certificate.count == key.count else {
            throw ValidationError("\(certificate.count) --certificate and \(key.count) --key: each certificate needs its key")
        }
        guard chain.count <= 1 || chain.count == certificate.count else {
            throw ValidationError("\(chain.count) --chain for \(certificate.count) --certificate: give one, or one each")
        }
        guard (credentials != nil) != !certificate.isEmpty else {
            throw ValidationError("give the devices' credentials: either --credentials or --certificate with --key")
        }
    }

    func loadCredentials() throws(SetupFailure) -> [Credential] {
        if let credentials { return try CredentialFolder.load(credentials) }
        var loaded: [Credential] = []
        for (index, file) in certificate.enumerated() {
            let chainFile = chain.count > 1 ? chain[index] : chain.first
            loaded.append(try Credential(certificateFile: file, keyFile: key[index], chainFile: chainFile))
        }
        return loaded
    }

    var tlsSettings: TLSClientContext.Settings {
        let version: TLSVersion = tls12 ? .v12 : .v13
        return TLSClientContext.Settings(
            version: version,
            cipher: cipher ?? TLSClientContext.Settings.defaultCipher(for: version),
            groups: groups,
            verification: serverCA.map { .against(trustAnchors: $0) } ?? .none
        )
    }
}

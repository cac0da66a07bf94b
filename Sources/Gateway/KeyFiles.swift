import Configuration
import FileSystem
import SignatureChecking
import TLSOrigination
import TLSStream

/// Reads the keys and chains that a configuration names; what cannot be read becomes a finding.
struct KeyFiles {
    /// Largest file with a key or a chain.
    private static let maximumOctets = 1 << 20

    private(set) var reading: ConfigurationResult

    init(reading: ConfigurationResult) { self.reading = reading }

    /// By listener.
    mutating func serverKeys(_ configuration: GatewayConfiguration) -> [String: [CertifiedKey]] {
        var keys: [String: [CertifiedKey]] = [:]
        for listener in configuration.listeners {
            for files in listener.serverCertificates {
                if let key = certifiedKey(files) { keys[listener.name, default: []].append(key) }
            }
        }
        return keys
    }

    /// By upstream; those that speak plain are left out.
    mutating func clientSettings(
        _ configuration: GatewayConfiguration,
        library: CryptoLibrary
    ) -> [String: TLSClientContext.Settings] {
        var all: [String: TLSClientContext.Settings] = [:]
        for upstream in configuration.upstreams {
            guard let tls = upstream.tls else { continue }
            let certificate = tls.certificate.flatMap { certifiedKey($0) }
            guard let trust = contents(tls.trustFile) else { continue }
            let settings = TLSClientContext.Settings(trustAnchors: trust, serverName: tls.serverName, certificate: certificate)
            // Tried out here, where what OpenSSL dislikes can be said with its file's name.
            do {
                _ = try TLSClientContext(settings, library: library)
                all[upstream.name] = settings
            } catch {
                reading.add(.error, aboutFile: Self.file(of: error, tls), error.description)
            }
        }
        return all
    }

    private static func file(of failure: TLSClientContext.Failure, _ tls: UpstreamTLSSettings) -> String {
        switch failure {
        case .certificate(.noKey), .certificate(.keyDoesNotMatch): tls.certificate?.keyFile ?? tls.trustFile
        case .certificate: tls.certificate?.chainFile ?? tls.trustFile
        case .parameters, .trust: tls.trustFile
        }
    }

    private mutating func certifiedKey(_ files: CertificateFiles) -> CertifiedKey? {
        guard let chain = contents(files.chainFile), let key = contents(files.keyFile) else { return nil }
        return CertifiedKey(chain: chain, key: key)
    }

    private mutating func contents(_ path: String) -> [UInt8]? {
        do {
            return try FileContents.read(path, limit: Self.maximumOctets)
        } catch {
            reading.add(.error, aboutFile: path, error.reason)
            return nil
        }
    }
}

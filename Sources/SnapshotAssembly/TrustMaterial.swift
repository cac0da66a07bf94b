import Configuration
import FileSystem
import PKITypes
import SignatureChecking
import VerificationCore
import X509

/// The certificates of one trust-anchor entry, read and checked.
package struct TrustMaterial: Sendable {
    package let settings: TrustAnchorSettings
    /// DER.
    package let anchors: [[UInt8]]
    /// DER; untrusted by themselves.
    package let intermediates: [[UInt8]]
    /// The file that each certificate came from.
    package let files: [[UInt8]: String]

    /// Largest file of certificates: some thousand.
    package static let maximumFileOctets = 16 << 20

    package var forValidation: OpenSSLPathEngine.Anchors {
        OpenSSLPathEngine.Anchors(entry: settings.name, certificates: anchors)
    }

    var fingerprints: Set<Fingerprint> { Set(anchors.map(sha256Fingerprint)) }

    init(_ settings: TrustAnchorSettings, problems: inout [AssemblyProblem]) {
        self.settings = settings
        var files: [[UInt8]: String] = [:]
        func read(_ paths: [String], _ problems: inout [AssemblyProblem]) -> [[UInt8]] {
            paths.flatMap { path in
                let certificates = Self.certificates(in: path, problems: &problems)
                for der in certificates where files[der] == nil { files[der] = path }
                return certificates
            }
        }
        anchors = read(settings.certificateFiles, &problems)
        for der in anchors where Self.isOfNoAuthority(der) {
            let meaning = "no CA certificate; as a trust anchor it vouches for nobody but who holds its key"
            problems.append(.warning(files[der] ?? settings.name, "holds \(meaning)"))
        }
        intermediates = read(settings.intermediateFiles, &problems)
        self.files = files
    }

    /// A file that was named must be there and hold certificates that both readers can read: what is missing must not make
    /// the gateway trust less, or more, than was written.
    private static func certificates(in path: String, problems: inout [AssemblyProblem]) -> [[UInt8]] {
        let encoded: [[UInt8]]
        do throws(FileContents.Failure) {
            let file = try FileContents.read(path, limit: maximumFileOctets)
            do throws(PEMFailure) {
                encoded = try PEM.objects(.certificates, in: file)
            } catch {
                problems.append(.error(path, "is not readable as PEM: \(error)"))
                return []
            }
        } catch {
            problems.append(.error(path, error.reason))
            return []
        }
        if encoded.isEmpty { problems.append(.error(path, "holds no certificate")) }
        for (position, der) in encoded.enumerated() {
            do throws(DERFailureText) {
                try check(der)
            } catch {
                problems.append(.error(path, "certificate \(position + 1) cannot be read: \(error.text)"))
            }
        }
        return encoded
    }

    /// A version 1 root cannot say that it is one.
    private static func isOfNoAuthority(_ der: [UInt8]) -> Bool {
        guard let certificate = try? Certificate(der: der), certificate.version == .v3 else { return false }
        return !(certificate.extensions.basicConstraints?.isCA ?? false)
    }

    private struct DERFailureText: Error { let text: String }

    private static func check(_ der: [UInt8]) throws(DERFailureText) {
        do { _ = try Certificate(der: der) } catch { throw DERFailureText(text: "\(error)") }
        guard OpenSSLCertificate(der: der, library: nil) != nil else { throw DERFailureText(text: "OpenSSL cannot decode it") }
    }
}

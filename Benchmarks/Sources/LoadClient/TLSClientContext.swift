import CLoadShims
import COpenSSL

/// Why the load client could not be set up from what the operator gave.
package enum SetupFailure: Error, Equatable, CustomStringConvertible {
    case unusable(file: String, reason: String)
    case keyMismatch(certificate: String, key: String)
    case noCredentials(directory: String)
    case setting(String, reason: String)

    package var description: String {
        switch self {
        case .unusable(let file, let reason): "\(file): \(reason)"
        case .keyMismatch(let certificate, let key): "\(key) is not the key of \(certificate)"
        case .noCredentials(let directory): "\(directory): no NAME.pem with its NAME.key"
        case .setting(let name, let reason): "\(name): \(reason)"
        }
    }
}

/// The reason of OpenSSL's oldest queued error; the queue is empty afterwards.
func takeOpenSSLReason() -> String {
    let error = ERR_get_error()
    defer { ERR_clear_error() }
    guard error != 0, let reason = ERR_reason_error_string(error) else { return "unknown error" }
    return String(cString: reason)
}

package enum TLSVersion: String, Sendable {
    case v13 = "TLSv1.3"
    case v12 = "TLSv1.2"
}

/// Whether the server's certificate is verified.
package enum ServerVerification: Sendable {
    case against(trustAnchors: String)
    case none
}

/// The TLS settings that every connection of a run shares.
package final class TLSClientContext {
    let raw: OpaquePointer

    /// One suite and one group per run: what is compared must be the same work.
    package struct Settings: Sendable {
        package var version: TLSVersion
        package var cipher: String
        package var groups: String
        package var verification: ServerVerification

        /// The suite that a run uses unless told otherwise.
        package static func defaultCipher(for version: TLSVersion) -> String {
            switch version {
            case .v13: "TLS_AES_128_GCM_SHA256"
            case .v12: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
            }
        }

        package init(version: TLSVersion, cipher: String, groups: String, verification: ServerVerification) {
            self.version = version
            self.cipher = cipher
            self.groups = groups
            self.verification = verification
        }
    }

    package init(_ settings: Settings) throws(SetupFailure) {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .setting("TLS", reason: takeOpenSSLReason())
        }
        raw = context
        CLoadShims_set_modes(context)
        let version: CInt
        let chosen: CInt
        switch settings.version {
        case .v13:
            version = TLS1_3_VERSION
            chosen = SSL_CTX_set_ciphersuites(context, settings.cipher)
        case .v12:
            version = TLS1_2_VERSION
            chosen = SSL_CTX_set_cipher_list(context, settings.cipher)
        }
        guard CLoadShims_set_protocol(context, version) == 1 else {
            throw .setting(settings.version.rawValue, reason: takeOpenSSLReason())
        }
        guard chosen == 1 else { throw .setting("cipher \(settings.cipher)", reason: takeOpenSSLReason()) }
        guard CLoadShims_set_groups(context, settings.groups) == 1 else {
            throw .setting("groups \(settings.groups)", reason: takeOpenSSLReason())
        }
        switch settings.verification {
        case .against(let file):
            guard SSL_CTX_load_verify_file(context, file) == 1 else { throw .unusable(file: file, reason: takeOpenSSLReason()) }
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        case .none:
            SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        }
    }

    deinit { SSL_CTX_free(raw) }
}

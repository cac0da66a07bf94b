import PKITypes
import TLSStream
import VerificationCore

/// What is kept so that a device need not prove its key again: the session, and the facts that its admission is decided from.
package struct StoredSession: Sendable {
    /// OpenSSL's encoding without the peer's certificate.
    package let octets: [UInt8]
    package let path: VerifiedPath
    package let identity: DeviceIdentity
    package let version: TLSVersion
    /// Where it may be resumed.
    package let binding: SessionBinding
    /// When the device proved its key. A resumption hands it on: renewed sessions do not renew it.
    package let authenticatedAt: UnixSeconds

    package init(
        octets: [UInt8], path: VerifiedPath, identity: DeviceIdentity, version: TLSVersion, binding: SessionBinding,
        authenticatedAt: UnixSeconds
    ) {
        self.octets = octets
        self.path = path
        self.identity = identity
        self.version = version
        self.binding = binding
        self.authenticatedAt = authenticatedAt
    }

    /// What it takes up in a store.
    var size: Int { octets.count + path.approximateOctets + Self.overhead }

    /// Slot, table entries, headers of arrays and the values themselves.
    private static let overhead = 512
}

/// How long a session may be resumed.
package enum SessionLifetime {
    /// Seconds from the original authentication: a shift of a hospital. Within it a device that comes back is recognised; once
    /// in it at least, it proves its key. RFC 8446 §4.6.1 would allow seven days, RFC 5246 §F.1.4 advises 24 hours.
    package static let maximumAgeSeconds: Int64 = 8 * 3600
    /// Loops read the clock at different moments. A clock that was set back further leaves the session's age unknown.
    private static let clockToleranceSeconds: Int64 = 5

    /// When a session may be resumed: never past the end of any certificate of its path.
    ///
    /// - Parameters:
    ///   - notAfter: of the first of these certificates to end.
    ///   - authenticatedAt: when the device proved its key.
    package static func period(
        endingWith notAfter: UnixSeconds, authenticatedAt: UnixSeconds, maximumAgeSeconds: Int64 = maximumAgeSeconds
    ) -> Validity {
        Validity(
            notBefore: authenticatedAt + -clockToleranceSeconds, notAfter: min(authenticatedAt + maximumAgeSeconds, notAfter)
        )
    }
}

import COpenSSL
import COpenSSLShims
import PKITypes

/// An `X509` of OpenSSL, owned.
// SAFETY: an X509 is reference-counted and, once decoded, only read; OpenSSL locks its lazily computed caches.
package final class OpenSSLCertificate: @unchecked Sendable {
    package let pointer: OpaquePointer

    /// Nil when OpenSSL cannot decode the bytes, or there are more of them than one certificate.
    package init?(der: [UInt8], library: CryptoLibrary?) {
        OpenSSLErrorQueue.clear()
        var decoded = X509_new_ex(library?.context, nil)
        let consumed = der.withUnsafeBufferPointer { buffer -> Int in
            var cursor = buffer.baseAddress
            let start = cursor
            guard d2i_X509(&decoded, &cursor, buffer.count) != nil else { return 0 }
            return start.flatMap { start in cursor.map { $0 - start } } ?? 0
        }
        OpenSSLErrorQueue.clear()
        guard let decoded else { return nil }
        guard consumed == der.count, !der.isEmpty else {
            X509_free(decoded)
            return nil
        }
        pointer = decoded
    }

    /// A second reference to what OpenSSL holds.
    init?(sharing pointer: OpaquePointer) {
        guard X509_up_ref(pointer) == 1 else { return nil }
        self.pointer = pointer
    }

    deinit { X509_free(pointer) }
}

/// The DER of a certificate as it was received; OpenSSL keeps it, so this is a copy, not an encoding.
func derBytes(of certificate: OpaquePointer) -> [UInt8] {
    let count = octetCount(of: certificate)
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        var cursor = buffer.baseAddress
        initialized = Int(i2d_X509(certificate, &cursor))
    }
}

/// Of certificates one after the other, without a copy of them that outlives the call.
func sha256Fingerprint(ofAll certificates: [OpaquePointer]) -> Fingerprint {
    let count = certificates.reduce(0) { $0 + octetCount(of: $1) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { octets in
        var cursor = octets.baseAddress
        for certificate in certificates { _ = i2d_X509(certificate, &cursor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Fingerprint.octetCount) { digest in
            SHA256(octets.baseAddress, count, digest.baseAddress)
            guard let fingerprint = Fingerprint(octets: digest) else { preconditionFailure("SHA-256 gives 32 octets") }
            return fingerprint
        }
    }
}

private func octetCount(of certificate: OpaquePointer) -> Int {
    let count = Int(i2d_X509(certificate, nil))
    precondition(count > 0, "OpenSSL holds a certificate that it cannot write")
    return count
}

package func sha256Fingerprint(_ bytes: [UInt8]) -> Fingerprint {
    guard let fingerprint = Fingerprint(octets: sha256(bytes[...])) else { preconditionFailure("SHA-256 gives 32 octets") }
    return fingerprint
}

/// - Parameter bytes: the DER of a SubjectPublicKeyInfo.
package func sha256KeyFingerprint(_ bytes: ArraySlice<UInt8>) -> KeyFingerprint {
    guard let fingerprint = KeyFingerprint(octets: sha256(bytes)) else { preconditionFailure("SHA-256 gives 32 octets") }
    return fingerprint
}

private func sha256(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Fingerprint.octetCount) { buffer, initialized in
        bytes.withUnsafeBufferPointer { _ = SHA256($0.baseAddress, $0.count, buffer.baseAddress) }
        initialized = Fingerprint.octetCount
    }
}

import COpenSSL

/// A revocation list as OpenSSL holds it.
final class OpenSSLList {
    let pointer: OpaquePointer

    init(der: [UInt8]) throws {
        let list = der.withUnsafeBufferPointer { octets in
            var cursor = octets.baseAddress
            return d2i_X509_CRL(nil, &cursor, octets.count)
        }
        guard let list else { throw Disagreement(question: "a list that OpenSSL reads") }
        pointer = list
    }

    deinit { X509_CRL_free(pointer) }

    /// Sorts the list when it is the first call.
    @inline(__always)
    func contains(_ number: OpenSSLSerial) -> Bool {
        var entry: OpaquePointer?
        return X509_CRL_get0_by_serial(pointer, &entry, number.pointer) == 1
    }
}

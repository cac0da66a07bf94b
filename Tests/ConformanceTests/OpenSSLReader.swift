import COpenSSL
import Glibc

/// What OpenSSL reads in a certificate or a list, as octets and seconds.
struct ReadFacts: Hashable {
    /// Content octets of INTEGERs: a certificate's one, or all that a list names.
    let serials: Set<[UInt8]>
    let issuer: [UInt8]
    let begins: Int64
    /// Nil when a list does not say.
    let ends: Int64?
}

enum OpenSSLReader {
    struct Refusal: Error {
        /// OpenSSL's words for the innermost cause.
        let text: String
    }

    static func certificate(_ der: [UInt8]) throws(Refusal) -> ReadFacts {
        let certificate = try whole(der) { d2i_X509(nil, &$0, $1) }
        defer { X509_free(certificate) }
        return ReadFacts(
            serials: [octets(X509_get0_serialNumber(certificate))], issuer: name(X509_get_issuer_name(certificate)),
            begins: try seconds(X509_get0_notBefore(certificate)), ends: try seconds(X509_get0_notAfter(certificate))
        )
    }

    static func list(_ der: [UInt8]) throws(Refusal) -> ReadFacts {
        let list = try whole(der) { d2i_X509_CRL(nil, &$0, $1) }
        defer { X509_CRL_free(list) }
        let revoked = X509_CRL_get_REVOKED(list)
        var serials: Set<[UInt8]> = []
        for position in 0..<max(0, OPENSSL_sk_num(revoked)) {
            serials.insert(octets(X509_REVOKED_get0_serialNumber(OpaquePointer(OPENSSL_sk_value(revoked, position)))))
        }
        let ends = X509_CRL_get0_nextUpdate(list)
        return ReadFacts(
            serials: serials, issuer: name(X509_CRL_get_issuer(list)), begins: try seconds(X509_CRL_get0_lastUpdate(list)),
            ends: try ends.map { (time) throws(Refusal) in try seconds(time) }
        )
    }

    private static func whole(
        _ der: [UInt8], _ decode: (inout UnsafePointer<UInt8>?, Int) -> OpaquePointer?
    ) throws(Refusal) -> OpaquePointer {
        ERR_clear_error()
        defer { ERR_clear_error() }
        var consumed = 0
        let decoded = der.withUnsafeBufferPointer { octets in
            var cursor = octets.baseAddress
            let decoded = decode(&cursor, octets.count)
            if let start = octets.baseAddress, let cursor { consumed = cursor - start }
            return decoded
        }
        guard let decoded else {
            throw Refusal(text: ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "no cause given")
        }
        guard consumed == der.count else { throw Refusal(text: "octets after the end") }
        return decoded
    }

    /// Without tag and length: serial numbers that are read have fewer than 128 octets, and longer ones differ anyway.
    private static func octets(_ number: UnsafePointer<ASN1_INTEGER>?) -> [UInt8] {
        Array(encoding { i2d_ASN1_INTEGER(number, $0) }.dropFirst(2))
    }

    private static func name(_ name: OpaquePointer?) -> [UInt8] { encoding { i2d_X509_NAME(name, $0) } }

    private static func encoding(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32) -> [UInt8] {
        let count = Int(encode(nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            var cursor = buffer.baseAddress
            initialized = Int(encode(&cursor))
        }
    }

    /// d2i keeps a time as text; here it must be one.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(Refusal) -> Int64 {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { throw Refusal(text: "not a time") }
        return Int64(timegm(&parts))
    }
}

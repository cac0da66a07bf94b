import COpenSSL
import PKITypes

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

/// A serial number as OpenSSL holds it.
final class OpenSSLSerial {
    let pointer: UnsafeMutablePointer<ASN1_INTEGER>

    init(_ serial: SerialNumber) throws {
        let octets = serial.octets
        // An ASN1_INTEGER that is not negative is its magnitude, as these serials are.
        guard octets[0] < 0x80, let number = ASN1_STRING_type_new(V_ASN1_INTEGER),
            ASN1_STRING_set(number, octets, Int32(octets.count)) == 1
        else { throw Disagreement(question: "a serial number that OpenSSL takes") }
        pointer = number
    }

    deinit { ASN1_INTEGER_free(pointer) }
}

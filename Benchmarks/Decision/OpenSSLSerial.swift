import COpenSSL
import PKITypes

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

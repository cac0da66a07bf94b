import DER

/// The form in which sessions are kept: OpenSSL's SSL_SESSION_ASN1 without the peer's certificate, which would be decoded at
/// every resumption, costs more than the rest of the handshake, and says nothing that the verified path beside it does not.
enum SessionEncoding {
    /// `peer [3] EXPLICIT Certificate OPTIONAL` in ssl/ssl_asn1.c.
    private static let peer = DERTag.contextConstructed(3)

    /// Nil when the octets are not what OpenSSL writes.
    static func withoutPeer(_ session: [UInt8]) -> [UInt8]? {
        do throws(DERFailure) {
            var outer = DERReader(session)
            var fields = try outer.readSequence()
            try outer.requireEnd()
            var kept: [UInt8] = []
            while !fields.isAtEnd {
                let field = try fields.readElement()
                if field.tag != peer { kept += session[field.range] }
            }
            return [DERTag.sequence.rawValue] + length(kept.count) + kept
        } catch {
            return nil
        }
    }

    /// Definite and in its shortest form (X.690 §10.1).
    private static func length(_ count: Int) -> [UInt8] {
        if count < 0x80 { return [UInt8(count)] }
        let octets = (0..<8).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }.drop { $0 == 0 }
        return [0x80 | UInt8(octets.count)] + octets
    }
}

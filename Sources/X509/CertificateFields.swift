import DER
import PKITypes

/// The version of a certificate (RFC 5280 §4.1.2.1); the raw value is the number in the encoding.
package enum CertificateVersion: Int, Comparable, Sendable {
    case v1 = 0
    case v2 = 1
    case v3 = 2

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// `[0] EXPLICIT Version DEFAULT v1`: a version 1 that is spelled out is not DER.
    init(from reader: inout DERReader) throws(DERFailure) {
        let start = reader.position
        guard var wrapped = try reader.readContentsIfPresent(.contextConstructed(0)) else {
            self = .v1
            return
        }
        let number = try wrapped.readSmallInteger()
        try wrapped.requireEnd()
        guard let version = Self(rawValue: number), version != .v1 else { throw DERFailure(.unsupportedVersion, at: start) }
        self = version
    }
}

extension SerialNumber {
    package init(from reader: inout DERReader) throws(DERFailure) {
        let start = reader.position
        let contents = try reader.readInteger()
        guard let serial = SerialNumber(octets: reader.bytes[contents]) else {
            throw DERFailure(.serialNumberTooLong, at: start)
        }
        self = serial
    }
}

extension Validity {
    /// Validity ::= SEQUENCE { notBefore, notAfter } (RFC 5280 §4.1.2.5).
    init(from reader: inout DERReader) throws(DERFailure) {
        var fields = try reader.readSequence()
        let notBefore = try fields.readTime()
        let notAfter = try fields.readTime()
        try fields.requireEnd()
        self.init(notBefore: notBefore, notAfter: notAfter)
    }
}

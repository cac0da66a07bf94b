import DER

/// The version of a list (RFC 5280 §5.1.2.1): absent for 1, the number 1 for 2.
enum ListVersion: Sendable {
    case v1
    case v2

    init(from reader: inout DERReader) throws(DERFailure) {
        let start = reader.position
        guard try reader.readSmallInteger() == 1 else { throw DERFailure(.unsupportedVersion, at: start) }
        self = .v2
    }
}

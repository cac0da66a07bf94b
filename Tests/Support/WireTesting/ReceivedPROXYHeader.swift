import PKITypes
import WireProtocols

/// A PROXY v2 header as a receiver reads it: strict about structure and checksum, deaf to fields it does not know.
package struct ReceivedPROXYHeader: Equatable, Sendable {
    package let route: PROXYHeaderV2.Route
    /// Octets of the header; the first relayed byte comes after them.
    package let length: Int
    /// All fields in order, with the types as sent.
    package let fields: [Field]

    /// Why octets are no header, or not yet.
    package enum Failure: Error, Equatable, Sendable {
        case truncated(bytes: Int)
        case notAHeader
        case unsupportedVersionOrCommand(UInt8)
        case unsupportedFamily(UInt8)
        case addressesTooShort(bytes: Int, needed: Int)
        case malformedField(type: UInt8)
        case checksumMissing
        case checksumMismatch
    }

    package struct Field: Equatable, Sendable {
        package let type: UInt8
        package let value: [UInt8]
    }

    /// The value of the first field of a type.
    package func value(of type: PROXYHeaderField) -> [UInt8]? { fields.first { $0.type == type.rawValue }?.value }

    /// The fields inside the TLS field, after its client bits and verify word.
    package func tlsFields() throws(Failure) -> [Field] {
        guard let tls = value(of: .tls) else { return [] }
        guard tls.count >= 5 else { throw .malformedField(type: PROXYHeaderField.tls.rawValue) }
        return try Self.fields(in: tls.dropFirst(5))
    }

    /// What a header without a checksum is worth.
    package enum ChecksumPolicy: Sendable {
        /// Refused: the sender is known to add one, as this gateway does.
        case required
        /// Taken; a checksum that is there has to be right all the same.
        case verifiedIfPresent
    }

    /// Reads the header at the start of `octets`. `truncated` means that more octets may make it one.
    package init(decoding octets: [UInt8], checksum: ChecksumPolicy) throws(Failure) {
        let signature = PROXYHeaderV2.signature
        guard octets.prefix(signature.count).elementsEqual(signature.prefix(octets.count)) else { throw .notAHeader }
        guard octets.count >= PROXYHeaderV2.prefixBytes else { throw .truncated(bytes: octets.count) }
        length = PROXYHeaderV2.prefixBytes + (Int(octets[14]) << 8 | Int(octets[15]))
        guard octets[12] == 0x20 || octets[12] == 0x21 else { throw .unsupportedVersionOrCommand(octets[12]) }
        guard octets.count >= length else { throw .truncated(bytes: octets.count) }

        let body = octets[PROXYHeaderV2.prefixBytes..<length]
        guard octets[12] == 0x21 else {
            // What follows a LOCAL command is skipped, whatever it is.
            route = .local
            fields = []
            return
        }
        let addressBytes: Int
        (route, addressBytes) = try Self.route(family: octets[13], body)
        fields = try Self.fields(in: body.dropFirst(addressBytes))
        let isGuarded = try Self.verifyChecksum(octets.prefix(length), addressBytes: addressBytes, fields)
        guard isGuarded || checksum == .verifiedIfPresent else { throw .checksumMissing }
    }

    private static func route(
        family: UInt8, _ body: ArraySlice<UInt8>
    ) throws(Failure) -> (PROXYHeaderV2.Route, Int) {
        let path = PROXYHeaderV2.unixPathBytes
        switch family {
        case 0x00:
            return (.unspecified, 0)
        case 0x11, 0x21:
            let size = family == 0x11 ? 4 : 16
            let needed = 2 * size + 4
            guard body.count >= needed else { throw .addressesTooShort(bytes: body.count, needed: needed) }
            let source = IPAddress(octets: body.prefix(size))
            let destination = IPAddress(octets: body.dropFirst(size).prefix(size))
            guard let source, let destination else { throw .unsupportedFamily(family) }
            let ports = Array(body.dropFirst(2 * size).prefix(4)).map { UInt16($0) }
            return (
                .tcp(
                    source: PROXYHeaderV2.Endpoint(address: source, port: ports[0] << 8 | ports[1]),
                    destination: PROXYHeaderV2.Endpoint(address: destination, port: ports[2] << 8 | ports[3])
                ), needed
            )
        case 0x31:
            guard body.count >= 2 * path else { throw .addressesTooShort(bytes: body.count, needed: 2 * path) }
            let source = Array(body.prefix(path).prefix { $0 != 0 })
            let destination = Array(body.dropFirst(path).prefix(path).prefix { $0 != 0 })
            return (.unixStream(source: source, destination: destination), 2 * path)
        default:
            throw .unsupportedFamily(family)
        }
    }

    private static func fields(in octets: ArraySlice<UInt8>) throws(Failure) -> [Field] {
        var rest = octets
        var fields: [Field] = []
        while let type = rest.first {
            let header = Array(rest.prefix(PROXYHeaderField.typeAndLengthBytes))
            guard header.count == PROXYHeaderField.typeAndLengthBytes else { throw .malformedField(type: type) }
            let length = Int(header[1]) << 8 | Int(header[2])
            rest = rest.dropFirst(header.count)
            guard rest.count >= length else { throw .malformedField(type: type) }
            fields.append(Field(type: type, value: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        return fields
    }

    /// The checksum covers the whole header with its own four bytes as zero; a receiver that knows it must check it.
    /// False when there is none.
    private static func verifyChecksum(
        _ header: ArraySlice<UInt8>, addressBytes: Int, _ fields: [Field]
    ) throws(Failure) -> Bool {
        var zeroed = Array(header)
        var position = PROXYHeaderV2.prefixBytes + addressBytes
        var stated: UInt32?
        for field in fields {
            position += PROXYHeaderField.typeAndLengthBytes
            if field.type == PROXYHeaderField.checksum.rawValue {
                guard stated == nil, field.value.count == PROXYHeaderField.checksumBytes else {
                    throw .malformedField(type: field.type)
                }
                stated = field.value.reduce(0) { $0 << 8 | UInt32($1) }
                for offset in 0..<field.value.count { zeroed[position + offset] = 0 }
            }
            position += field.value.count
        }
        if let stated, stated != CRC32C.checksum(zeroed) { throw .checksumMismatch }
        return stated != nil
    }
}

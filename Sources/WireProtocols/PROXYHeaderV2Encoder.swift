import PKITypes

extension PROXYHeaderV2 {
    package static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// Signature, version and command, family, length.
    package static let prefixBytes = 16
    /// What the specification asks to fit into any network's first segment; receivers may read no further.
    package static let lengthLimit = 536
    package static let unixPathBytes = 108

    /// The header's octets, to be written before any relayed byte, in one write. The checksum is its last field.
    ///
    /// Nothing is cut to fit: half an identity is another identity.
    package func encoded() throws(PROXYHeaderFailure) -> [UInt8] {
        var header = Self.signature
        switch route {
        case .local: header += [0x20, 0x00, 0, 0]
        case .unspecified: header += [0x21, 0x00, 0, 0]
        case .tcp(let source, let destination): header += Self.addresses(source, destination)
        case .unixStream(let source, let destination):
            header += [0x21, 0x31, 0, 0]
            header += try Self.path(source)
            header += try Self.path(destination)
        }
        // The receiver of a LOCAL header skips what follows: there is nothing to tell.
        guard route != .local else { return header }
        header += try fields()
        let checksumAt = header.count + PROXYHeaderField.typeAndLengthBytes
        header += try Self.field(.checksum, Array(repeating: 0, count: PROXYHeaderField.checksumBytes))
        guard header.count <= Self.lengthLimit else {
            throw .headerTooLong(bytes: header.count, limit: Self.lengthLimit)
        }
        header.replaceSubrange(Self.prefixBytes - 2..<Self.prefixBytes, with: Self.octets(header.count - Self.prefixBytes))
        let checksum = CRC32C.checksum(header)
        header.replaceSubrange(checksumAt..., with: Self.octets(Int(checksum >> 16)) + Self.octets(Int(checksum & 0xffff)))
        return header
    }

    // MARK: Addresses

    /// Both ends have to be of one family: an IPv4 end beside an IPv6 one is written in its mapped form.
    private static func addresses(_ source: Endpoint, _ destination: Endpoint) -> [UInt8] {
        let isIPv4 = source.address.family == .v4 && destination.address.family == .v4
        let octets = [source, destination].flatMap { isIPv4 ? $0.address.octets : mapped($0.address) }
        return [0x21, isIPv4 ? 0x11 : 0x21, 0, 0] + octets + Self.octets(Int(source.port)) + Self.octets(Int(destination.port))
    }

    private static func mapped(_ address: IPAddress) -> [UInt8] {
        address.family == .v6 ? address.octets : Array(repeating: 0, count: 10) + [0xff, 0xff] + address.octets
    }

    private static func path(_ path: [UInt8]) throws(PROXYHeaderFailure) -> [UInt8] {
        guard path.count <= unixPathBytes else { throw .pathTooLong(bytes: path.count, limit: unixPathBytes) }
        return path + Array(repeating: 0, count: unixPathBytes - path.count)
    }

    // MARK: Fields

    private func fields() throws(PROXYHeaderFailure) -> [UInt8] {
        var octets: [UInt8] = []
        if let applicationProtocol { octets += try Self.field(.applicationProtocol, applicationProtocol) }
        if let authority { octets += try Self.field(.authority, Self.exact(authority, .authority)) }
        if let uniqueID { octets += try Self.field(.uniqueID, uniqueID) }
        if let tls { octets += try Self.field(.tls, Self.value(of: tls)) }
        if let identity { octets += try Self.field(.identity, Self.exact(identity, .identity)) }
        return octets
    }

    private static func value(of facts: TLSFacts) throws(PROXYHeaderFailure) -> [UInt8] {
        // The verify word is 0: presented and verified.
        var value: [UInt8] = [facts.proof.clientBits, 0, 0, 0, 0]
        value += try field(.tlsVersion, exact(facts.version.rawValue, .tlsVersion))
        let commonName = facts.commonName.map { Array($0.withoutControlCharacters.utf8) } ?? []
        if !commonName.isEmpty { value += try field(.tlsCommonName, commonName) }
        value += try field(.tlsCipher, exact(facts.cipher, .tlsCipher))
        return value
    }

    private static func exact(_ text: String, _ field: PROXYHeaderField) throws(PROXYHeaderFailure) -> [UInt8] {
        guard text == text.withoutControlCharacters else { throw .controlCharacter(field) }
        return Array(text.utf8)
    }

    private static func field(_ type: PROXYHeaderField, _ value: [UInt8]) throws(PROXYHeaderFailure) -> [UInt8] {
        guard !value.isEmpty else { throw .emptyValue(type) }
        guard value.count <= type.limit else { throw .valueTooLong(type, bytes: value.count, limit: type.limit) }
        return [type.rawValue] + octets(value.count) + value
    }

    private static func octets(_ value: Int) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }
}

extension String {
    /// Without the scalars of category Cc: C0, DEL and C1.
    fileprivate var withoutControlCharacters: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0.properties.generalCategory != .control }))
    }
}

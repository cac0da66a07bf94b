import PKITypes
import Testing
import WireProtocols
import WireTesting

@Suite("A receiver understands our header, skips what it does not know, and takes nothing damaged")
struct PROXYHeaderDecodingTests {
    @Test("the route and every field come back; payload behind the header is not touched")
    func roundTrip() throws {
        var header = try vectorHeader()
        header.applicationProtocol = Array("mqtt".utf8)
        header.authority = "gw.example"
        let octets = try header.encoded()
        let received = try ReceivedPROXYHeader(decoding: octets + Array("PROXY payload".utf8), checksum: .required)
        #expect(received.route == header.route)
        #expect(received.length == octets.count)
        #expect(received.fields.map(\.type) == [0x01, 0x02, 0x05, 0x20, 0xe0, 0x03])
        #expect(received.value(of: .identity) == Array("spiffe://hosp.example/dev/pump-0042".utf8))
        #expect(
            try received.tlsFields().map { String(decoding: $0.value, as: UTF8.self) } == [
                "TLSv1.3", "pump-0042", "TLS_AES_128_GCM_SHA256",
            ])
    }

    @Test("every route comes back")
    func routes() throws {
        let six: [UInt8] = [0xfe, 0x80] + Array(repeating: 0, count: 13) + [1]
        let v6 = PROXYHeaderV2.Endpoint(address: try #require(IPAddress(octets: six)), port: 65_535)
        let routes: [PROXYHeaderV2.Route] = [
            .local, .unspecified, .tcp(source: v6, destination: v6),
            .unixStream(source: [], destination: Array(repeating: 0x70, count: 108)),
        ]
        for route in routes {
            #expect(try ReceivedPROXYHeader(decoding: PROXYHeaderV2(route: route).encoded(), checksum: .required).route == route)
        }
    }

    @Test("every proper beginning of a header is incomplete, never a header and never garbage")
    func truncation() throws {
        let octets = try vectorHeader().encoded()
        for count in 0..<octets.count {
            #expect(throws: ReceivedPROXYHeader.Failure.truncated(bytes: count)) {
                try ReceivedPROXYHeader(decoding: Array(octets.prefix(count)), checksum: .verifiedIfPresent)
            }
        }
    }

    @Test("any flipped bit is refused")
    func bitFlips() throws {
        let octets = try vectorHeader().encoded()
        // Flips that turn PROXY into LOCAL leave nothing to check: the receiver then uses the real addresses.
        for bit in 0..<octets.count * 8 where bit != 12 * 8 {
            var flipped = octets
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: ReceivedPROXYHeader.Failure.self, "bit \(bit)") {
                try ReceivedPROXYHeader(decoding: flipped, checksum: .required)
            }
        }
    }

    @Test("cutting the length anywhere is refused, although the octets are there")
    func shortenedLength() throws {
        let octets = try vectorHeader().encoded()
        for length in 0..<octets.count - 16 {
            var shortened = octets
            shortened[14] = UInt8(length >> 8)
            shortened[15] = UInt8(length & 0xff)
            #expect(throws: ReceivedPROXYHeader.Failure.self, "length \(length)") {
                try ReceivedPROXYHeader(decoding: shortened, checksum: .required)
            }
        }
    }

    @Test("unknown fields are kept apart and do not disturb the known ones")
    func unknownFields() throws {
        let octets = Self.header(command: 0x21, family: 0x00, body: [0xf8, 0, 2, 9, 9, 0x04, 0, 0, 0xe0, 0, 1, 0x61])
        let received = try ReceivedPROXYHeader(decoding: octets, checksum: .verifiedIfPresent)
        #expect(received.fields.map(\.type) == [0xf8, 0x04, 0xe0])
        #expect(received.value(of: .identity) == [0x61])
    }

    @Test("LOCAL skips whatever follows")
    func local() throws {
        let octets = Self.header(command: 0x20, family: 0x11, body: [1, 2, 3])
        let received = try ReceivedPROXYHeader(decoding: octets, checksum: .verifiedIfPresent)
        #expect(received.route == .local)
        #expect(received.length == 19)
        #expect(received.fields.isEmpty)
    }

    @Test("what is not ours to understand is named")
    func refusals() throws {
        let cases: [([UInt8], ReceivedPROXYHeader.Failure)] = [
            (Array("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n".utf8), .notAHeader),
            (Self.header(command: 0x11, family: 0, body: []), .unsupportedVersionOrCommand(0x11)),
            (Self.header(command: 0x22, family: 0, body: []), .unsupportedVersionOrCommand(0x22)),
            (Self.header(command: 0x21, family: 0x12, body: Array(repeating: 0, count: 12)), .unsupportedFamily(0x12)),
            (
                Self.header(command: 0x21, family: 0x11, body: Array(repeating: 0, count: 11)),
                .addressesTooShort(bytes: 11, needed: 12)
            ),
            (Self.header(command: 0x21, family: 0, body: [0xe0, 0]), .malformedField(type: 0xe0)),
            (Self.header(command: 0x21, family: 0, body: [0xe0, 0, 2, 1]), .malformedField(type: 0xe0)),
            (Self.header(command: 0x21, family: 0, body: [0x03, 0, 3, 1, 2, 3]), .malformedField(type: 0x03)),
            (Self.header(command: 0x21, family: 0, body: [0x03, 0, 4, 1, 2, 3, 4]), .checksumMismatch),
        ]
        for (octets, failure) in cases {
            #expect(throws: failure) { try ReceivedPROXYHeader(decoding: octets, checksum: .verifiedIfPresent) }
        }
    }

    @Test("a header without a checksum is taken only where that is allowed")
    func missingChecksum() throws {
        let octets = Self.header(command: 0x21, family: 0, body: [0xe0, 0, 1, 0x61])
        #expect(throws: ReceivedPROXYHeader.Failure.checksumMissing) {
            try ReceivedPROXYHeader(decoding: octets, checksum: .required)
        }
        #expect(try ReceivedPROXYHeader(decoding: octets, checksum: .verifiedIfPresent).fields.count == 1)
    }

    @Test(
        "a damaged TLS field is refused when it is read",
        arguments: [[0x07, 0, 0, 0], [0x07, 0, 0, 0, 0, 0x21, 0, 9, 1]] as [[UInt8]])
    func tlsField(value: [UInt8]) throws {
        let octets = Self.header(command: 0x21, family: 0, body: [0x20, 0, UInt8(value.count)] + value)
        let received = try ReceivedPROXYHeader(decoding: octets, checksum: .verifiedIfPresent)
        #expect(throws: ReceivedPROXYHeader.Failure.self) { try received.tlsFields() }
    }

    private static func header(command: UInt8, family: UInt8, body: [UInt8]) -> [UInt8] {
        [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, command, family, 0, UInt8(body.count)] + body
    }
}

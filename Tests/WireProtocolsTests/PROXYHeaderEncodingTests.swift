import PKITypes
import Testing
import WireProtocols
import WireTesting

/// A device's header with what an admission usually knows of it; its octets are `PROXYHeaderEncodingTests.vector`.
func vectorHeader() throws -> PROXYHeaderV2 {
    var header = PROXYHeaderV2(
        route: .tcp(
            source: PROXYHeaderV2.Endpoint(address: try #require(IPAddress(octets: [192, 0, 2, 10])), port: 49152),
            destination: PROXYHeaderV2.Endpoint(address: try #require(IPAddress(octets: [198, 51, 100, 5])), port: 8883)))
    header.uniqueID = Array("gw1-000000000001".utf8)
    header.tls = PROXYHeaderV2.TLSFacts(
        proof: .thisConnection, version: .tls13, commonName: "pump-0042", cipher: "TLS_AES_128_GCM_SHA256")
    header.identity = "spiffe://hosp.example/dev/pump-0042"
    return header
}

@Suite("A PROXY v2 header is exact, whole and small")
struct PROXYHeaderEncodingTests {
    private static let vector: [UInt8] = [
        0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11, 0x00, 0x83,
        0xc0, 0x00, 0x02, 0x0a, 0xc6, 0x33, 0x64, 0x05, 0xc0, 0x00, 0x22, 0xb3, 0x05, 0x00, 0x10, 0x67,
        0x77, 0x31, 0x2d, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31, 0x20,
        0x00, 0x34, 0x07, 0x00, 0x00, 0x00, 0x00, 0x21, 0x00, 0x07, 0x54, 0x4c, 0x53, 0x76, 0x31, 0x2e,
        0x33, 0x22, 0x00, 0x09, 0x70, 0x75, 0x6d, 0x70, 0x2d, 0x30, 0x30, 0x34, 0x32, 0x23, 0x00, 0x16,
        0x54, 0x4c, 0x53, 0x5f, 0x41, 0x45, 0x53, 0x5f, 0x31, 0x32, 0x38, 0x5f, 0x47, 0x43, 0x4d, 0x5f,
        0x53, 0x48, 0x41, 0x32, 0x35, 0x36, 0xe0, 0x00, 0x23, 0x73, 0x70, 0x69, 0x66, 0x66, 0x65, 0x3a,
        0x2f, 0x2f, 0x68, 0x6f, 0x73, 0x70, 0x2e, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x2f, 0x64,
        0x65, 0x76, 0x2f, 0x70, 0x75, 0x6d, 0x70, 0x2d, 0x30, 0x30, 0x34, 0x32, 0x03, 0x00, 0x04, 0xa3,
        0xaa, 0x60, 0xe5,
    ]

    @Test("the 147-byte vector is reproduced to the byte")
    func vector() throws {
        #expect(Self.vector.count == 147)
        #expect(try vectorHeader().encoded() == Self.vector)
    }

    @Test("CRC-32C of the catalogue's check string")
    func checksum() {
        #expect(CRC32C.checksum("123456789".utf8) == 0xe306_9283)
        #expect(CRC32C.checksum([]) == 0)
    }

    @Test("a header of our own has no fields, whatever is set")
    func local() throws {
        var header = PROXYHeaderV2(route: .local)
        header.identity = "ignored"
        #expect(try header.encoded() == [0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x20, 0, 0, 0])
    }

    @Test("family byte and length of each kind of route")
    func families() throws {
        let v4 = PROXYHeaderV2.Endpoint(address: try #require(IPAddress(octets: [10, 0, 0, 1])), port: 1)
        let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + Array(repeating: 0, count: 11) + [7]
        let v6 = PROXYHeaderV2.Endpoint(address: try #require(IPAddress(octets: six)), port: 2)
        let checksumField = 7
        let cases: [(PROXYHeaderV2.Route, UInt8, Int)] = [
            (.unspecified, 0x00, 0),
            (.tcp(source: v4, destination: v4), 0x11, 12),
            (.tcp(source: v6, destination: v6), 0x21, 36),
            (.tcp(source: v4, destination: v6), 0x21, 36),
            (.unixStream(source: [], destination: Array("/run/x".utf8)), 0x31, 216),
        ]
        for (route, family, addressBytes) in cases {
            let octets = try PROXYHeaderV2(route: route).encoded()
            #expect(octets[12] == 0x21)
            #expect(octets[13] == family)
            #expect(Int(octets[14]) << 8 | Int(octets[15]) == addressBytes + checksumField)
            #expect(octets.count == 16 + addressBytes + checksumField)
        }
        let mixed = try PROXYHeaderV2(route: .tcp(source: v4, destination: v6)).encoded()
        #expect(Array(mixed[16..<32]) == Array(repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1])
    }

    @Test("a resumed session says so: no certificate on this connection")
    func resumed() throws {
        var header = try vectorHeader()
        header.tls?.proof = .resumedSession
        let received = try ReceivedPROXYHeader(decoding: header.encoded(), checksum: .required)
        #expect(received.value(of: .tls)?.prefix(5) == [0x05, 0, 0, 0, 0])
    }

    @Test("no common name, or one of control characters only: the field is left out", arguments: [nil, "", "\0\r\n\u{85}"])
    func withoutCommonName(name: String?) throws {
        var header = try vectorHeader()
        header.tls?.commonName = name
        let types = try ReceivedPROXYHeader(decoding: header.encoded(), checksum: .required).tlsFields().map(\.type)
        #expect(types == [0x21, 0x23])
    }

    @Test("control characters in a common name are dropped, other letters kept")
    func commonNameControls() throws {
        var header = try vectorHeader()
        header.tls?.commonName = "pump\0\r\nPROXY \u{7f}Müller\u{9b}"
        let fields = try ReceivedPROXYHeader(decoding: header.encoded(), checksum: .required).tlsFields()
        let name = try #require(fields.first { $0.type == PROXYHeaderField.tlsCommonName.rawValue })
        #expect(String(decoding: name.value, as: UTF8.self) == "pumpPROXY Müller")
    }

    @Test("a control character in the identity is refused: dropping it would name another device")
    func identityControls() throws {
        for text in ["spiffe://a/b\0", "spiffe://a/\r\nb", "x\u{7f}"] {
            var header = try vectorHeader()
            header.identity = text
            #expect(throws: PROXYHeaderFailure.controlCharacter(.identity)) { try header.encoded() }
        }
    }

    @Test("each value up to its limit is sent, one byte more is refused")
    func limits() throws {
        let changes: [(PROXYHeaderField, (inout PROXYHeaderV2, Int) -> Void)] = [
            (.applicationProtocol, { $0.applicationProtocol = Array(repeating: 1, count: $1) }),
            (.authority, { $0.authority = String(repeating: "a", count: $1) }),
            (.uniqueID, { $0.uniqueID = Array(repeating: 1, count: $1) }),
            (.identity, { $0.identity = String(repeating: "a", count: $1) }),
        ]
        for (field, change) in changes {
            var header = PROXYHeaderV2(route: .unspecified)
            change(&header, field.limit)
            let received = try ReceivedPROXYHeader(decoding: header.encoded(), checksum: .required)
            #expect(received.value(of: field)?.count == field.limit)
            change(&header, field.limit + 1)
            #expect(throws: PROXYHeaderFailure.valueTooLong(field, bytes: field.limit + 1, limit: field.limit)) {
                try header.encoded()
            }
            change(&header, 0)
            #expect(throws: PROXYHeaderFailure.emptyValue(field)) { try header.encoded() }
        }
    }

    @Test("a SAN of 64 KiB and a long common name are refused, not cut")
    func hostileLengths() throws {
        var header = try vectorHeader()
        header.identity = String(repeating: "a", count: 65_536)
        #expect(throws: PROXYHeaderFailure.valueTooLong(.identity, bytes: 65_536, limit: 320)) { try header.encoded() }
        header = try vectorHeader()
        header.tls?.commonName = String(repeating: "a", count: 257)
        #expect(throws: PROXYHeaderFailure.valueTooLong(.tlsCommonName, bytes: 257, limit: 256)) { try header.encoded() }
    }

    @Test("values that fit alone but not together exceed the one segment and are refused")
    func headerLimit() throws {
        var header = try vectorHeader()
        header.identity = String(repeating: "a", count: 320)
        header.authority = String(repeating: "a", count: 85)
        let fitting = try header.encoded().count
        #expect(fitting <= PROXYHeaderV2.lengthLimit)
        let spare = PROXYHeaderV2.lengthLimit - fitting
        header.authority = String(repeating: "a", count: 85 + spare)
        #expect(try header.encoded().count == PROXYHeaderV2.lengthLimit)
        header.authority = String(repeating: "a", count: 86 + spare)
        #expect(throws: PROXYHeaderFailure.headerTooLong(bytes: 537, limit: 536)) { try header.encoded() }
    }

    @Test("a unix path that does not fit is refused")
    func unixPath() {
        let header = PROXYHeaderV2(route: .unixStream(source: [], destination: Array(repeating: 0x2f, count: 109)))
        #expect(throws: PROXYHeaderFailure.pathTooLong(bytes: 109, limit: 108)) { try header.encoded() }
    }
}

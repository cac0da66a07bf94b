import EventLoop
import Testing

@Suite("Addresses read and print as operators write them")
struct SocketAddressTests {
    @Test(
        "printing",
        arguments: [
            ("10.0.0.1", 5000, "10.0.0.1:5000", false),
            ("127.9.9.9", 1, "127.9.9.9:1", true),
            ("::1", 80, "[::1]:80", true),
            ("2001:db8::7", 443, "[2001:db8::7]:443", false),
            ("::ffff:10.1.2.3", 9, "10.1.2.3:9", false),
            ("::ffff:127.0.0.1", 9, "127.0.0.1:9", true),
            ("::", 0, "[::]:0", false),
        ] as [(String, UInt16, String, Bool)])
    func printing(ip: String, port: UInt16, text: String, isLoopback: Bool) throws {
        let address = try #require(SocketAddress(ip: ip, port: port))
        #expect(address.description == text)
        #expect(address.port == port)
        #expect(address.isLoopback == isLoopback)
        #expect(address.unixPath == nil)
    }

    @Test("octets are in network order, mapped ones are IPv4")
    func octets() throws {
        #expect(try #require(SocketAddress(ip: "10.1.2.3", port: 1)).ipOctets == [10, 1, 2, 3])
        #expect(try #require(SocketAddress(ip: "::ffff:10.1.2.3", port: 1)).ipOctets == [10, 1, 2, 3])
        let address = try #require(SocketAddress(ip: "2001:db8::7", port: 1))
        let v6 = try #require(address.ipOctets)
        #expect(v6.count == 16 && v6[0] == 0x20 && v6[15] == 7)
    }

    @Test("what is no address is refused", arguments: ["", "localhost", "10.0.0", "10.0.0.256", "[::1]", "::1%lo", "1.2.3.4:5"])
    func noAddress(text: String) {
        #expect(SocketAddress(ip: text, port: 1) == nil)
    }

    @Test("unix paths: the longest fits, longer, empty or with a zero byte do not")
    func unixPaths() throws {
        let longest = "/" + String(repeating: "p", count: SocketAddress.unixPathLimit - 1)
        let address = try #require(SocketAddress(unixPath: longest))
        #expect(address.unixPath == longest)
        #expect(address.description == "unix:\(longest)")
        #expect(address.port == nil && address.ipOctets == nil && address.isLoopback)
        for path in ["", longest + "p", "/a\0b"] { #expect(SocketAddress(unixPath: path) == nil) }
    }

    @Test("equality is by address and port")
    func equality() throws {
        let one = try #require(SocketAddress(ip: "10.0.0.1", port: 1))
        #expect(one == SocketAddress(ip: "10.0.0.1", port: 1))
        #expect(one != SocketAddress(ip: "10.0.0.1", port: 2))
        let others = try [1, 3].map { try #require(SocketAddress(ip: "10.0.0.1", port: $0)) }
        #expect(Set([one] + others).count == 2)
    }

    @Test("names resolve to addresses with the port; unknown ones fail with the resolver's words")
    func names() throws {
        #expect(try NameResolution.resolve(host: "10.0.0.1", port: 5) == [try #require(SocketAddress(ip: "10.0.0.1", port: 5))])
        let local = try NameResolution.resolve(host: "localhost", port: 8883)
        #expect(!local.isEmpty)
        #expect(local.allSatisfy { $0.isLoopback && $0.port == 8883 })
        // RFC 6761 §6.4: never a name.
        #expect(throws: NameResolution.Failure.self) { try NameResolution.resolve(host: "upstream.invalid", port: 1) }
    }
}

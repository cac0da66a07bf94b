import LinuxPolling
import Testing

@Suite("An address is HOST:PORT or [IPv6]:PORT")
struct SocketAddressTests {
    @Test(
        "text that is one is read, and rendered the same way",
        arguments: ["127.0.0.1:8883", "[::1]:443", "127.0.0.1:0"]
    )
    func wellFormed(text: String) throws {
        #expect(try SocketAddress(text).description == text)
    }

    @Test(
        "text that is none is refused by name",
        arguments: ["", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[]:80", "127.0.0.1:-1"]
    )
    func malformed(text: String) {
        #expect(throws: SocketAddress.Failure.malformed(text)) { try SocketAddress(text) }
    }
}

import Configuration
import PKITypes
import Testing

/// Which texts are values of which kind, and what they become.
struct ValueTests {
    @Test(
        "durations",
        arguments: [
            ("1s", 1), ("90s", 90), ("5m", 300), ("300s", 300), ("0h", nil), ("6m", nil), ("10", nil), ("1.5s", nil),
            ("-5s", nil), ("05s", nil), ("5 s", nil), ("5S", nil), ("99999999999999999999s", nil), ("9223372036854775807m", nil),
        ] as [(String, Int64?)]
    )
    func durations(text: String, seconds: Int64?) {
        let result = ConfigurationTexts.read(timeouts("handshake: \"\(text)\""))
        #expect(result.configuration?.listeners[0].timeouts.handshakeSeconds == seconds)
        #expect(result.errors.count == (seconds == nil ? 1 : 0))
    }

    @Test(
        "the lifetime of certificates: a limit alone, or with a warning before it",
        arguments: [
            ("400d", nil, 400), ("{ warn: 398d, refuse: 400d }", 398, 400), ("{ warn: 398d }", 398, 825),
            ("{ refuse: 2d }", nil, 2),
            ("{}", nil, 825), ("400", nil, nil), ("[400d]", nil, nil), ("{ warn: 2d, refuse: 2d }", nil, nil),
            ("{ warn: 900d }", nil, nil), ("{ alarm: 2d }", nil, nil),
        ] as [(String, Int64?, Int64?)]
    )
    func lifetimes(text: String, warn: Int64?, refuse: Int64?) {
        let result = ConfigurationTexts.minimal(
            replacing: "vouches_for:", with: "max_certificate_lifetime: \(text)\n    vouches_for:")
        let anchor = result.configuration?.trustAnchors[0]
        #expect(anchor?.maximumCertificateLifetimeSeconds == refuse.map { $0 * 86_400 })
        #expect(anchor?.warnCertificateLifetimeSeconds == warn.map { $0 * 86_400 })
        #expect(result.errors.count == (refuse == nil ? 1 : 0))
    }

    @Test(
        "sizes",
        arguments: [
            ("1024B", 1_024), ("64KiB", 65_536), ("1MiB", 1_048_576), ("1KB", nil), ("1023B", nil), ("2MiB", nil), ("4096", nil),
        ] as [(String, Int?)])
    func sizes(text: String, bytes: Int?) {
        let result = ConfigurationTexts.read(limits("chain_bytes: \(text)"))
        #expect(result.configuration?.listeners[0].limits.chainBytes == bytes)
        #expect(result.errors.count == (bytes == nil ? 1 : 0))
    }

    @Test(
        "whole numbers, whatever a YAML tag says",
        arguments: [("0", 0), ("16", 16), ("!!str 5", 5), ("\"5\"", 5), ("17", nil), ("0x5", nil), ("five", nil), ("1e1", nil)]
            as [(String, Int?)])
    func counts(text: String, count: Int?) {
        let result = ConfigurationTexts.read(limits("chain_depth: \(text)"))
        #expect(result.configuration?.listeners[0].limits.chainDepth == count)
        #expect(result.errors.count == (count == nil ? 1 : 0))
    }

    @Test(
        "addresses to listen on",
        arguments: [
            ("127.0.0.1:8883", .address("127.0.0.1", port: 8883)), ("[::]:8883", .address("::", port: 8883)),
            ("[fd00::1]:1", .address("fd00::1", port: 1)), ("unix:/run/gate.sock", .unix(path: "/run/gate.sock")),
            ("unix:gate.sock", .unix(path: "/var/lib/pulsegate/gate.sock")), ("*:8883", nil), ("localhost:8883", nil),
            ("::1:8883", nil),
            ("127.0.0.1", nil), ("127.0.0.1:65536", nil), ("[127.0.0.1]:80", nil), ("unix:", nil), (":8883", nil),
            ("300.1.1.1:80", nil),
        ] as [(String, BindAddress?)]
    )
    func binds(text: String, address: BindAddress?) {
        let result = ConfigurationTexts.minimal(replacing: "127.0.0.1:8883", with: text)
        #expect(result.configuration?.listeners[0].bind == address.map { [$0] })
        #expect(result.errors.count == (address == nil ? 1 : 0))
    }

    @Test(
        "addresses of upstreams",
        arguments: [
            ("broker.hosp:8883", .host("broker.hosp", port: 8883)), ("10.0.0.1:1", .host("10.0.0.1", port: 1)),
            ("[::1]:9000", .host("::1", port: 9000)), ("unix:sink.sock", .unix(path: "/etc/pulsegate/sink.sock")),
            ("broker.hosp", nil),
            ("broker.hosp:0", nil), ("10.0.0.256:80", nil), ("-broker:80", nil), ("bro ker:80", nil), ("[broker]:80", nil),
            ("fe80::1:80", nil),
        ] as [(String, UpstreamAddress?)]
    )
    func upstreamAddresses(text: String, address: UpstreamAddress?) {
        let result = ConfigurationTexts.minimal(replacing: "127.0.0.1:9000", with: text)
        #expect(result.configuration?.upstreams[0].addresses == address.map { [$0] })
        #expect(result.errors.count == (address == nil ? 1 : 0))
    }

    @Test(
        "networks",
        arguments: [
            ("10.20.0.0/16", true), ("0.0.0.0/0", true), ("2001:db8::/32", true), ("10.20.1.0/16", false), ("10.20.0.0", false),
            ("10.20.0.0/33", false), ("10.20.0/16", false), ("hospital/8", false),
        ]
    )
    func networks(text: String, isNetwork: Bool) {
        let result = ConfigurationTexts.minimal(
            replacing: "devices: any", with: "devices: any, require: { networks: [\"\(text)\"] }")
        #expect(result.configuration?.policies[0].networks.count == (isNetwork ? 1 : nil))
        #expect(result.errors.count == (isNetwork ? 0 : 1))
    }

    @Test(
        "a literal address is read, a name is not",
        arguments: [("10.0.0.1", true), ("::1", true), ("localhost", false), ("10.1", false), ("", false)])
    func addresses(text: String, isAddress: Bool) { #expect((IPAddress(text: text) != nil) == isAddress) }

    @Test("a relative state directory counts from the configuration's, and written files from it")
    func relativeStateDirectory() {
        let text = "state_directory: ./state\n" + ConfigurationTexts.minimal.replacing("127.0.0.1:8883", with: "unix:gate.sock")
        let configuration = ConfigurationTexts.read(text).configuration
        #expect(configuration?.stateDirectory == "/etc/pulsegate/state")
        #expect(configuration?.listeners[0].bind == [.unix(path: "/etc/pulsegate/state/gate.sock")])
    }

    private func timeouts(_ line: String) -> String { listener("timeouts: { \(line) }") }
    private func limits(_ line: String) -> String { listener("limits: { \(line) }") }
    private func listener(_ line: String) -> String {
        ConfigurationTexts.minimal.replacing("trust: [device-ca]", with: "trust: [device-ca]\n    \(line)")
    }
}

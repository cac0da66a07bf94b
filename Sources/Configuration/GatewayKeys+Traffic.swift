/// The keys of listeners and upstreams.
extension GatewayKeys {
    static let listener: [ConfigurationKey] = [
        .init(
            "bind", .list(.bind, atLeast: 1), example: "[\"[::]:8883\"]",
            "Addresses that accept connections: 127.0.0.1:8883, [::]:8883 or unix:/path; port 0 lets the system choose."
        ),
        .defaultOnly(
            "proxy_protocol_from", .list(.network, atLeast: 0), "[]",
            "Networks of load balancers that send PROXY v2."
        ),
        .init(
            "protocol", words(["tcp"], later: ["mqtt", "dicom", "mllp", "http"]), .value("tcp"),
            "What devices speak inside TLS."
        ),
        .init(
            "server_certificates", .list(.mapping(keyPair), atLeast: 1),
            "The gateway's own certificates; several: RSA beside ECDSA."),
        .init("trust", .list(.reference(.trustAnchors), atLeast: 1), example: "[device-ca]", "Trust anchors of the devices."),
        .init(
            "tls_profile", words(TLSProfileName.allCases.map(\.rawValue), later: ["dicom-b12", "dicom-b13", "atna-stx"]),
            .value("bcp195"), "TLS versions and algorithms: bcp195 is RFC 9325 with TLS 1.2 and 1.3."
        ),
        .init(
            "extended_key_usage", .list(.objectIdentifier, atLeast: 0), .value("[]"),
            "Purposes, as object identifiers, that a device's certificate must name beside clientAuth."
        ),
        .init(
            "alpn", .list(.alpnName, atLeast: 0), .value("[]"),
            "Protocol names, the preferred first; enforced when any is set (RFC 7301)."
        ),
        .init(
            "resumption", words(ResumptionPolicy.allCases), .value("never"),
            "Whether a device that comes back within 8 h may go on from its TLS session; it is decided about again either way."
        ),
        .init(
            "observe", .mapping(observation), .absent(meaning: "everything is enforced"),
            "Checks that only report, for a while: who they would refuse is admitted, logged and counted."
        ),
        .init("timeouts", .mapping(timeouts), .ofItsKeys, "How long a connection may take or last."),
        .init("limits", .mapping(limits), .ofItsKeys, "How much connections may cost."),
        .init("upstream", .reference(.upstreams), example: "platform", "Where admitted sessions of this listener go."),
    ]

    private static let observation: [ConfigurationKey] = [
        .init(
            "checks", .list(words(["registry", "policy"], later: ["sender"]), atLeast: 1), example: "[registry, policy]",
            "registry: unknown devices and credentials. policy: no policy, or one whose `require` is not met."
        ),
        .init(
            "until", .moment, example: "2027-01-31",
            "The last day, or the last second, of it in UTC; then everything is enforced, on live sessions, too."
        ),
    ]

    private static let timeouts: [ConfigurationKey] = [
        .init("handshake", .duration(1...300), .value("10s"), "From accept to the end of the TLS handshake."),
        .init("connect", .duration(1...300), .value("5s"), "From admission to a connected upstream."),
        .init("idle", .duration(1...31_536_000, or: ["none"]), .value("none"), "A session on which nothing is sent either way."),
        .init("dead_peer", .duration(5...86_400, or: ["none"]), .value("60s"), "A peer that no longer acknowledges anything."),
        .init("session", .duration(1...31_536_000, or: ["none"]), .value("none"), "Longest life of a session."),
    ]

    private static let limits: [ConfigurationKey] = [
        .init(
            "connections", .count(1...1_000_000), .value("20000"),
            "Connections at one time; each admitted one takes two file descriptors, and the process's limit caps it."
        ),
        .init("handshakes_in_flight", .count(1...100_000), .value("1000"), "Handshakes at one time; more are shed at accept."),
        .defaultOnly("handshakes_per_source", .count(1...100_000, or: ["none"]), "none", "Handshakes from one address."),
        .init(
            "chain_depth", .count(0...16), .value("5"), "CA certificates between the device's certificate and the trust anchor."),
        .init("chain_bytes", .size(1_024...1_048_576), .value("32KiB"), "Size of the presented chain as sent."),
    ]

    private static let keyPair: [ConfigurationKey] = [
        .init("chain", .file(.certificateChain), example: "pki/server.pem", "PEM: the certificate, then its intermediates."),
        .init("key", .file(.privateKey), example: "pki/server.key", "PEM; readable by the gateway's user alone."),
    ]

    static let upstream: [ConfigurationKey] = [
        .init(
            "addresses", .list(.upstreamAddress, atLeast: 1), example: "[\"127.0.0.1:9000\"]",
            "host:port, [v6]:port or unix:/path; the next one is tried when one refuses."
        ),
        .init("tls", .mapping(upstreamTLS), .absent(meaning: "plain"), "TLS towards the upstream."),
        .init(
            "identity", words(["none", "proxy-v2"], later: ["client-cert", "xfcc", "mqtt-username"]), .value("none"),
            "How the upstream learns which device is talking."
        ),
    ]

    private static let upstreamTLS: [ConfigurationKey] = [
        .init(
            "trust", .file(.upstreamTrust), example: "pki/upstream-ca.pem", "PEM; the upstream's chain must end in one of them."),
        .init(
            "name", .peerName, example: "platform.hospital.example",
            "DNS name or address that the upstream's certificate must carry as a SAN (RFC 9525)."
        ),
        .init(
            "certificate", .mapping(keyPair), .absent(meaning: "no client certificate"), "The gateway's own client certificate."),
    ]
}

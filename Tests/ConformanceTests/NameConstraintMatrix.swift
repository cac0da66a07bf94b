/// Names and bases that meet in every way that RFC 5280 §4.2.1.10 tells apart, by form.
enum NameConstraintMatrix: String, CaseIterable {
    case dns, ip, email, uri, directory

    var names: [ConstrainableName] {
        switch self {
        case .dns:
            [
                "a.example", "x.a.example", "y.x.a.example", "b.example", "xa.example", "a.example.com", "A.Example",
                "*.a.example",
                "*.x.a.example", "*.example", "a..example", "a.example.", ".a.example", "x*.a.example", "-a.example",
            ].map { .dns($0) }
        case .ip: [[10, 1, 2, 3], [10, 9, 9, 9], [192, 0, 2, 1], Self.ipv6(1), Self.ipv6(9)].map { .ip($0) }
        case .email:
            [
                "a@h.example", "A@h.example", "a@H.Example", "b@h.example", "a@x.h.example", "a@g.example", "h.example",
                "a@b@h.example", "@h.example", "a@h..example",
            ].map { .email($0) }
        case .uri:
            [
                "https://h.example/x", "https://H.Example", "https://x.h.example:8443/y", "https://g.example",
                "spiffe://h.example/a",
                "urn:a:b", "https://10.0.0.1/", "https://u@h.example/", "https://h.example?q", "https:///x",
            ].map { .uri($0) }
        case .directory:
            [
                ["O=Hospital"], ["O=Hospital", "OU=Ward", "CN=pump"], ["O=hospital", "OU=WARD"], ["O=Hospital  ", "OU=Other"],
                ["O=Other", "OU=Ward"], ["OU=Hospital"], ["OU=Ward", "O=Hospital"],
            ].map { .directory($0) }
        }
    }

    var bases: [ConstrainableName] {
        switch self {
        case .dns:
            ["", "example", "a.example", "A.EXAMPLE", "x.a.example", ".a.example", "*.a.example", "a.example."].map { .dns($0) }
        case .ip:
            [
                [10, 0, 0, 0, 255, 0, 0, 0], [10, 1, 2, 0, 255, 255, 255, 0], [10, 1, 2, 3, 255, 255, 255, 255],
                [0, 0, 0, 0, 0, 0, 0, 0], [10, 0, 0, 3, 255, 0, 0, 255], [10, 0, 0, 0],
                Self.ipv6(1) + [UInt8](repeating: 255, count: 15) + [0],
            ].map { .ip($0) }
        case .email: ["a@h.example", "h.example", "H.Example", ".h.example", "example", "", "a@b@h.example"].map { .email($0) }
        case .uri: ["h.example", "H.Example", ".h.example", "example", ".example", "", "https://h.example"].map { .uri($0) }
        case .directory:
            [[], ["O=Hospital"], ["O=HOSPITAL"], ["O=Hospital", "OU=Ward"], ["O=Other"], ["OU=Hospital"]].map { .directory($0) }
        }
    }

    /// 2001:db8::…
    private static func ipv6(_ site: UInt8) -> [UInt8] { [0x20, 0x01, 0x0d, 0xb8, 0, site] + [UInt8](repeating: 0, count: 10) }
}

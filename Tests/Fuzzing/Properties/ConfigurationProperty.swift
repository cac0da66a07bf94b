import Configuration

/// A configuration without errors, printed as it takes effect, is a configuration without errors that takes the same effect.
enum ConfigurationProperty {
    /// Every file is there and nobody else can read it: the text alone is judged.
    private static let host = HostView(descriptorLimit: 1 << 20) { _ in .file(mode: 0o600) }

    static func check(_ input: [UInt8]) throws(BrokenPromise) {
        let text = String(decoding: input, as: UTF8.self)
        let result = ConfigurationReader.read(text: text, file: "/etc/fuzz/a.yaml", host: host)
        guard !result.hasErrors else {
            try promise(result.configuration == nil, "a configuration in spite of errors")
            return
        }
        try promise(result.configuration != nil, "no configuration, and no error that says why")
        guard let effective = EffectiveConfiguration(result) else { throw BrokenPromise("no effective configuration") }
        let printed = ConfigurationReader.read(text: effective.text, file: "/etc/fuzz/a.yaml", host: host)
        try promise(!printed.hasErrors, "the effective configuration has errors: \(printed.findings)\n\(effective.text)")
        let again = EffectiveConfiguration(printed).map { withoutComments($0.text) }
        try promise(
            again == withoutComments(effective.text), "the effective configuration has another effect:\n\(effective.text)")
    }

    private static func withoutComments(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("#") }.map { line in
            line.hasSuffix("  # default") ? line.dropLast("  # default".count) : line
        }
    }
}

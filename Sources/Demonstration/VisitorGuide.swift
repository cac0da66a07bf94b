import Glibc

/// What a visitor can try while the demonstration's gateway serves on.
struct VisitorGuide {
    struct Line {
        let text: String
        let isHeading: Bool
    }

    let lines: [Line]

    init(_ playbill: Playbill) {
        func heading(_ text: String) -> Line { Line(text: text, isHeading: true) }
        func line(_ text: String) -> Line { Line(text: "  \(text)", isHeading: false) }
        func client(_ device: CastMember?) -> Line {
            let shown = device.map { " -cert devices/\($0.rawValue).pem -key devices/\($0.rawValue).key" } ?? ""
            return line("openssl s_client -quiet -connect \(playbill.telemetryPort) -CAfile pki/device-root.pem\(shown)")
        }
        let empty = Line(text: "", isHeading: false)
        let program = Self.program
        var lines = [
            empty,
            heading("The gateway serves on, and patient monitor 12 streams through it."),
            heading("Ctrl-C ends it and removes every file."),
            line("configuration  \(playbill.configurationFile)"),
            line("ports          telemetry \(playbill.telemetryPort), imaging \(playbill.imagingPort)"),
            empty,
            heading("Try, in another terminal:"),
            line("cd \(playbill.directory)"), empty,
            line("# a good device: type a line, and the platform acknowledges it"),
            client(.pump), empty,
            line("# a revoked device, and one without a certificate: read the alert"),
            client(.revokedPump), client(nil), empty,
            line("# cut the stream: revoke the monitor, sign the new CRL, reload"),
            line("\(program) pki revoke devices/\(CastMember.monitor.rawValue).pem"),
            line("\(program) pki crl"),
            line("kill -HUP \(getpid())"), empty,
        ]
        if let port = playbill.metricsPort { lines += [line("curl -s http://127.0.0.1:\(port)/metrics"), empty] }
        self.lines = lines
    }

    /// The program that runs, wherever the visitor's other terminal stands.
    private static var program: String {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { return "pulsegate" }
        return String(decoding: path.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

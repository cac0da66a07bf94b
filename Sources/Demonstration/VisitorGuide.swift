import Glibc

/// What a visitor can try while the demonstration's gateway serves on.
struct VisitorGuide {
    struct Line {
        let text: String
        let isHeading: Bool
    }

    let lines: [Line]

    init(_ playbill: Playbill) {
        let trust = "-CAfile \(playbill.directory)/pki/device-root.pem"
        func client(_ device: CastMember?, _ port: String) -> Line {
            let shown = device.map { " -cert \(playbill.directory)/devices/\($0.rawValue).pem -key \(playbill.directory)/devices/\($0.rawValue).key" }
            return Line(text: "  openssl s_client -connect \(port) \(trust)\(shown ?? "")", isHeading: false)
        }
        func heading(_ text: String) -> Line { Line(text: text, isHeading: true) }
        func line(_ text: String) -> Line { Line(text: "  \(text)", isHeading: false) }
        lines = [
            line(""), heading("The gateway serves on, and patient monitor 12 streams through it. Ctrl-C ends it and removes every file."),
            line("configuration  \(playbill.configurationFile)"),
            line("ports          telemetry \(playbill.telemetryPort), imaging \(playbill.imagingPort)"),
            heading("A good device: type a line, and the platform acknowledges it"), client(.pump, playbill.telemetryPort),
            heading("A revoked device, and none at all: read the alert"), client(.revokedPump, playbill.telemetryPort),
            client(nil, playbill.telemetryPort),
            heading("Cut the stream: revoke the monitor, write the lists, reload"),
            line("pulsegate pki revoke --directory \(playbill.directory)/pki \(playbill.directory)/devices/\(CastMember.monitor.rawValue).pem"),
            line("pulsegate pki crl --directory \(playbill.directory)/pki"),
            line("kill -HUP \(getpid())"),
        ] + (playbill.metricsPort.map { [heading("Metrics"), line("curl -s http://127.0.0.1:\($0)/metrics")] } ?? []) + [line("")]
    }
}

import PKITypes

/// A simulated device of the demonstration.
package enum CastMember: String, CaseIterable, Sendable {
    case pump = "pump-0417"
    case monitor = "monitor-12"
    case scanner = "ct-3"
    case vendorTool = "vendor-tool-7"
    case revokedPump = "pump-0398"
    case stranger = "stranger"
    case pumpWithoutCertificate = "pump-0421"
    case expiredScanner = "ct-1"
    case impostor = "vendor-tool-8"
    case streamingPump = "pump-0533"
    case streamingMonitor = "monitor-14"
    case ventilator = "ventilator-7"
    case renewedVentilator = "ventilator-7-renewed"
    case otherVentilator = "ventilator-7-other"
    case comparedPump = "pump-0540"

    /// Who issued the device's certificate, and what is wrong with it.
    enum Credential: Sendable {
        case hospital, hospitalExpired, hospitalRevoked, vendor, stranger, none
    }

    package var name: String {
        switch self {
        case .pump: "infusion pump 0417"
        case .monitor: "patient monitor 12"
        case .scanner: "CT scanner 3"
        case .vendorTool: "vendor tool 7"
        case .revokedPump: "infusion pump 0398"
        case .stranger: "unknown device"
        case .pumpWithoutCertificate: "infusion pump 0421"
        case .expiredScanner: "CT scanner 1"
        case .impostor: "vendor tool 8"
        case .streamingPump: "infusion pump 0533"
        case .comparedPump: "infusion pump 0540"
        case .streamingMonitor: "patient monitor 14"
        case .ventilator, .renewedVentilator, .otherVentilator: "ventilator 7"
        }
    }

    /// The URI in its certificate. The stranger and the impostor claim to be a pump of the hospital; the ventilator has one
    /// certificate after the other, and somebody has another one of its name.
    var identity: String {
        switch self {
        case .pump, .stranger, .impostor: "urn:hospital:device:pump:0417"
        case .monitor: "urn:hospital:device:monitor:12"
        case .scanner: "urn:hospital:device:imaging:ct-3"
        case .vendorTool: "urn:vendor:tool:7"
        case .revokedPump: "urn:hospital:device:pump:0398"
        case .pumpWithoutCertificate: "urn:hospital:device:pump:0421"
        case .expiredScanner: "urn:hospital:device:imaging:ct-1"
        case .streamingPump: "urn:hospital:device:pump:0533"
        case .comparedPump: "urn:hospital:device:pump:0540"
        case .streamingMonitor: "urn:hospital:device:monitor:14"
        case .ventilator, .renewedVentilator, .otherVentilator: "urn:hospital:device:ventilator:7"
        }
    }

    var credential: Credential {
        switch self {
        case .pump, .monitor, .scanner, .streamingPump, .streamingMonitor, .ventilator, .renewedVentilator, .otherVentilator,
            .comparedPump:
            .hospital
        case .expiredScanner: .hospitalExpired
        case .revokedPump: .hospitalRevoked
        case .vendorTool, .impostor: .vendor
        case .stranger: .stranger
        case .pumpWithoutCertificate: .none
        }
    }

    /// Monitors speak TLS 1.2 alone, as devices of that age do.
    var tlsVersions: ClosedRange<TLSVersion> {
        switch self {
        case .monitor, .streamingMonitor: .tls12 ... .tls12
        case .pump, .scanner, .vendorTool, .revokedPump, .stranger, .pumpWithoutCertificate, .expiredScanner, .impostor,
            .streamingPump, .ventilator, .renewedVentilator, .otherVentilator, .comparedPump:
            .tls13 ... .tls13
        }
    }
}

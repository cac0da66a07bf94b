/// What the simulated devices send. The same device and number always give the same octets, so that what arrived can be
/// compared with what was sent.
enum Telemetry {
    /// About a CT slice series: enough to fill every buffer on the way many times.
    private static let imageOctets = 2 << 20

    /// One line of measurements.
    static func reading(of member: CastMember, number: Int) -> [UInt8] {
        let values =
            switch member {
            case .pump, .revokedPump, .stranger, .pumpWithoutCertificate, .impostor, .streamingPump, .comparedPump:
                "drug=morphine rate_ml_h=2.\(number % 10) given_ml=\(number / 10).\(number % 10)"
            case .monitor, .streamingMonitor: "heart_rate=\(68 + number * 7 % 9) spo2=\(96 + number % 3)"
            case .scanner, .expiredScanner: "tube_temperature=\(41 + number % 4)"
            case .ventilator, .renewedVentilator, .otherVentilator: "tidal_volume_ml=\(440 + number % 9) rate_per_min=14"
            case .vendorTool: "firmware=4.2.\(number) self_test=passed"
            }
        return Array("\(member.rawValue) reading=\(number) \(values)\n".utf8)
    }

    static func readings(of member: CastMember, count: Int) -> [UInt8] {
        (0..<count).flatMap { reading(of: member, number: $0 + 1) }
    }

    /// A DICOM file's preamble and prefix (PS3.10 §7.1), then pixels of no picture.
    static func image() -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
        octets.reserveCapacity(imageOctets)
        var state: UInt32 = 0x2545_f491
        while octets.count < imageOctets {
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            octets.append(UInt8(truncatingIfNeeded: state))
        }
        return octets
    }
}
